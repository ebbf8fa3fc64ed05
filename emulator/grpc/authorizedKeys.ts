import { Key } from "@yandex-cloud/nodejs-sdk/iam-v1/key";
import {
  CreateKeyRequest,
  CreateKeyResponse,
  DeleteKeyRequest,
  GetKeyRequest,
  KeyServiceService,
  ListKeysRequest,
  ListKeysResponse,
} from "@yandex-cloud/nodejs-sdk/iam-v1/key_service";
import type { Cloud } from "../backend/cloud";
import { operation, type Service, unary } from "./service";

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
    list: unary(ListKeysRequest, ListKeysResponse, (call, { serviceAccountId }: OfAccount) => ({
      keys: cloud.authorizedKeys.list(call, serviceAccountId),
    })),
    create: unary(
      CreateKeyRequest,
      CreateKeyResponse,
      (call, { serviceAccountId, description = "", keyAlgorithm = "" }: OfAccount) =>
        cloud.authorizedKeys.create(call, serviceAccountId, description, keyAlgorithm),
    ),
    delete: operation(DeleteKeyRequest, (call, { keyId }: OfKey) => cloud.authorizedKeys.delete(call, keyId)),
  },
});
