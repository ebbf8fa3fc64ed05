import { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import {
  CreateSymmetricKeyRequest,
  DeleteSymmetricKeyRequest,
  GetSymmetricKeyRequest,
  ListSymmetricKeyOperationsRequest,
  ListSymmetricKeyOperationsResponse,
  ListSymmetricKeysRequest,
  ListSymmetricKeysResponse,
  SymmetricKeyServiceService,
  UpdateSymmetricKeyRequest,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import type { Cloud } from "../backend/cloud";
import type { CreateKey, UpdateKey } from "../backend/symmetricKeys";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn, listOperations } from "./listing";
import type { PageRequest } from "./paging";
import { type Masked, operation, type Service, unary } from "./service";

export const symmetricKeyService = (cloud: Cloud): Service => ({
  definition: SymmetricKeyServiceService,
  methods: {
    list: unary(ListSymmetricKeysRequest, ListSymmetricKeysResponse, (call, request: InFolder) =>
      listIn(cloud, call, request, "keys", "kms.keys.list", () => cloud.keys.all()),
    ),
    listOperations: unary(
      ListSymmetricKeyOperationsRequest,
      ListSymmetricKeyOperationsResponse,
      (call, { keyId, ...page }: PageRequest & { keyId: string }) => {
        const { id } = cloud.keys.get(call, keyId);
        return listOperations(cloud, id, page);
      },
    ),
    get: unary(GetSymmetricKeyRequest, SymmetricKey, (call, { keyId }: { keyId: string }) =>
      cloud.keys.get(call, keyId),
    ),
    create: operation(CreateSymmetricKeyRequest, (call, request: CreateKey) =>
      cloud.keys.create(call, request),
    ),
    update: operation(UpdateSymmetricKeyRequest, (call, { updateMask, ...request }: Masked<UpdateKey>) =>
      cloud.keys.update(call, request, updateMask?.paths),
    ),
    delete: operation(DeleteSymmetricKeyRequest, (call, { keyId }: { keyId: string }) =>
      cloud.keys.delete(call, keyId),
    ),
    ...accessBindingMethods(cloud, "symmetricKey"),
  },
});
