import { AccessKey } from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key";
import {
  AccessKeyServiceService,
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyRequest,
  ListAccessKeyOperationsRequest,
  ListAccessKeyOperationsResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import { listOperations } from "./listing";
import { type PageRequest, pageAs } from "./paging";
import { type Masked, operation, type Service, unary } from "./service";

interface OfAccount {
  readonly serviceAccountId: string;
  readonly description?: string;
}

interface OfKey {
  readonly accessKeyId: string;
}

export const accessKeyService = (cloud: Cloud): Service => ({
  definition: AccessKeyServiceService,
  methods: {
    list: unary(
      ListAccessKeysRequest,
      ListAccessKeysResponse,
      (call, { serviceAccountId, ...page }: OfAccount & PageRequest) => {
        if (!serviceAccountId) throw new CloudError("INVALID_ARGUMENT", "service_account_id is required");
        return pageAs("accessKeys", cloud.accessKeys.list(call, serviceAccountId), page);
      },
    ),
    get: unary(GetAccessKeyRequest, AccessKey, (call, { accessKeyId }: OfKey) =>
      cloud.accessKeys.get(call, accessKeyId),
    ),
    create: unary(
      CreateAccessKeyRequest,
      CreateAccessKeyResponse,
      (call, { serviceAccountId, description = "" }: OfAccount) =>
        cloud.accessKeys.create(call, serviceAccountId, description),
    ),
    update: operation(
      UpdateAccessKeyRequest,
      (call, { updateMask, accessKeyId, ...given }: Masked<OfKey & { description?: string }>) =>
        cloud.accessKeys.update(call, accessKeyId, given, updateMask?.paths),
    ),
    delete: operation(DeleteAccessKeyRequest, (call, { accessKeyId }: OfKey) =>
      cloud.accessKeys.delete(call, accessKeyId),
    ),
    listOperations: unary(
      ListAccessKeyOperationsRequest,
      ListAccessKeyOperationsResponse,
      (call, { accessKeyId, ...page }: PageRequest & OfKey) =>
        listOperations(cloud, cloud.accessKeys.get(call, accessKeyId).id, page),
    ),
  },
});
