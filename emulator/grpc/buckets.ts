import { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import {
  BucketServiceService,
  CreateBucketRequest,
  DeleteBucketRequest,
  GetBucketRequest,
  UpdateBucketRequest,
} from "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service";
import { messageOf } from "../backend/buckets";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import { maskedFields } from "../backend/fieldMask";
import { immediateOperation, type Masked, type Service, unary } from "./service";

interface Named {
  readonly name: string;
}

/** The provider reads the bucket out of the first reply: these operations are never pending. */
export const bucketService = (cloud: Cloud): Service => ({
  definition: BucketServiceService,
  methods: {
    get: unary(GetBucketRequest, Bucket, (call, { name }: Named) => messageOf(cloud.buckets.get(call, name))),
    create: immediateOperation(CreateBucketRequest, (call, request: Named & { folderId: string }) =>
      cloud.buckets.create(call, request),
    ),
    update: immediateOperation(
      UpdateBucketRequest,
      (call, { updateMask, name, ...settings }: Masked<Named>) =>
        cloud.buckets.update(call, name, maskedFields(settings, updateMask?.paths)),
    ),
    delete: immediateOperation(DeleteBucketRequest, (call, { name }: Named) =>
      cloud.buckets.delete(call, name),
    ),
    getHTTPSConfig: (call, request) => {
      const { name } = cloud.buckets.get(call, (request as Named).name);
      throw new CloudError("NOT_FOUND", `Bucket ${name} has no HTTPS configuration`);
    },
  },
});
