import { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import {
  CancelSymmetricKeyVersionDestructionRequest,
  CreateSymmetricKeyRequest,
  DeleteSymmetricKeyRequest,
  GetSymmetricKeyRequest,
  ListSymmetricKeyOperationsRequest,
  ListSymmetricKeyOperationsResponse,
  ListSymmetricKeysRequest,
  ListSymmetricKeysResponse,
  ListSymmetricKeyVersionsRequest,
  ListSymmetricKeyVersionsResponse,
  RotateSymmetricKeyRequest,
  ScheduleSymmetricKeyVersionDestructionRequest,
  SetPrimarySymmetricKeyVersionRequest,
  SymmetricKeyServiceService,
  UpdateSymmetricKeyRequest,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import type { Cloud } from "../backend/cloud";
import type { CreateKey, UpdateKey } from "../backend/kms/symmetricKeys";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn, listOperations } from "./listing";
import { type PageRequest, pageAs } from "./paging";
import { type Masked, operation, type Service, unary } from "./service";

interface OfKey {
  readonly keyId: string;
}

interface OfVersion extends OfKey {
  readonly versionId: string;
}

export const symmetricKeyService = (cloud: Cloud): Service => ({
  definition: SymmetricKeyServiceService,
  methods: {
    list: unary(ListSymmetricKeysRequest, ListSymmetricKeysResponse, (call, request: InFolder) =>
      listIn(cloud, call, request, "keys", "kms.keys.list", () => cloud.keys.all()),
    ),
    listOperations: unary(
      ListSymmetricKeyOperationsRequest,
      ListSymmetricKeyOperationsResponse,
      (call, { keyId, ...page }: PageRequest & OfKey) => {
        const { id } = cloud.keys.get(call, keyId);
        return listOperations(cloud, id, page);
      },
    ),
    get: unary(GetSymmetricKeyRequest, SymmetricKey, (call, { keyId }: OfKey) => cloud.keys.get(call, keyId)),
    create: operation(CreateSymmetricKeyRequest, (call, request: CreateKey) =>
      cloud.keys.create(call, request),
    ),
    update: operation(UpdateSymmetricKeyRequest, (call, { updateMask, ...request }: Masked<UpdateKey>) =>
      cloud.keys.update(call, request, updateMask?.paths),
    ),
    delete: operation(DeleteSymmetricKeyRequest, (call, { keyId }: OfKey) => cloud.keys.delete(call, keyId)),
    listVersions: unary(
      ListSymmetricKeyVersionsRequest,
      ListSymmetricKeyVersionsResponse,
      (call, { keyId, ...page }: PageRequest & OfKey) => {
        return pageAs("keyVersions", cloud.keyRotation.listVersions(call, keyId), page);
      },
    ),
    rotate: operation(RotateSymmetricKeyRequest, (call, { keyId }: OfKey) =>
      cloud.keyRotation.rotate(call, keyId),
    ),
    setPrimaryVersion: operation(
      SetPrimarySymmetricKeyVersionRequest,
      (call, { keyId, versionId }: OfVersion) => cloud.keyRotation.setPrimaryVersion(call, keyId, versionId),
    ),
    scheduleVersionDestruction: operation(
      ScheduleSymmetricKeyVersionDestructionRequest,
      (call, { keyId, versionId, pendingPeriod }: OfVersion & { pendingPeriod?: { seconds?: number } }) =>
        cloud.keyRotation.scheduleVersionDestruction(call, keyId, versionId, pendingPeriod),
    ),
    cancelVersionDestruction: operation(
      CancelSymmetricKeyVersionDestructionRequest,
      (call, { keyId, versionId }: OfVersion) =>
        cloud.keyRotation.cancelVersionDestruction(call, keyId, versionId),
    ),
    ...accessBindingMethods(cloud, "symmetricKey"),
  },
});
