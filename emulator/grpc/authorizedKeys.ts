import { Key } from "@yandex-cloud/nodejs-sdk/iam-v1/key";
import {
  CreateKeyRequest,
  CreateKeyResponse,
  DeleteKeyRequest,
  GetKeyRequest,
  KeyServiceService,
  ListKeyOperationsRequest,
  ListKeyOperationsResponse,
  ListKeysRequest,
  ListKeysResponse,
  UpdateKeyRequest,
} from "@yandex-cloud/nodejs-sdk/iam-v1/key_service";
import type { Cloud } from "../backend/cloud";
import { listOperations } from "./listing";
import { type PageRequest, pageAs } from "./paging";
import { type Masked, operation, type Service, unary } from "./service";

interface OfAccount {
  readonly serviceAccountId: string;
  readonly description?: string;
  readonly keyAlgorithm?: string;
}

interface OfKey {
  readonly keyId: string;
}

export const keyService = (cloud: Cloud): Service => ({
  definition: KeyServiceService,
  methods: {
    get: unary(GetKeyRequest, Key, (call, { keyId }: OfKey) => cloud.authorizedKeys.get(call, keyId)),
    list: unary(
      ListKeysRequest,
      ListKeysResponse,
      (call, { serviceAccountId, ...page }: OfAccount & PageRequest) => {
        return pageAs("keys", cloud.authorizedKeys.list(call, serviceAccountId), page);
      },
    ),
    create: unary(
      CreateKeyRequest,
      CreateKeyResponse,
      (call, { serviceAccountId, description = "", keyAlgorithm = "" }: OfAccount) =>
        cloud.authorizedKeys.create(call, serviceAccountId, description, keyAlgorithm),
    ),
    update: operation(
      UpdateKeyRequest,
      (call, { updateMask, keyId, ...given }: Masked<OfKey & { description?: string }>) =>
        cloud.authorizedKeys.update(call, keyId, given, updateMask?.paths),
    ),
    listOperations: unary(
      ListKeyOperationsRequest,
      ListKeyOperationsResponse,
      (call, { keyId, ...page }: PageRequest & OfKey) =>
        listOperations(cloud, cloud.authorizedKeys.get(call, keyId).id, page),
    ),
    delete: operation(DeleteKeyRequest, (call, { keyId }: OfKey) => cloud.authorizedKeys.delete(call, keyId)),
  },
});
