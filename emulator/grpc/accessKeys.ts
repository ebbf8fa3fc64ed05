import { AccessKey } from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key";
import {
  AccessKeyServiceService,
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyRequest,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
} from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import { type Service, unary } from "./service";

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
    list: unary(ListAccessKeysRequest, ListAccessKeysResponse, (call, { serviceAccountId }: OfAccount) => {
      if (!serviceAccountId) throw new CloudError("INVALID_ARGUMENT", "service_account_id is required");
      return { accessKeys: cloud.accessKeys.list(call, serviceAccountId) };
    }),
    get: unary(GetAccessKeyRequest, AccessKey, (call, { accessKeyId }: OfKey) =>
      cloud.accessKeys.get(call, accessKeyId),
    ),
    create: unary(
      CreateAccessKeyRequest,
      CreateAccessKeyResponse,
      (call, { serviceAccountId, description = "" }: OfAccount) =>
        cloud.accessKeys.create(call, serviceAccountId, description),
    ),
    // Answers with nothing, not with an operation.
    delete: (call, request) => {
      cloud.accessKeys.delete(call, DeleteAccessKeyRequest.fromPartial(request as OfKey).accessKeyId);
      return {};
    },
  },
});
