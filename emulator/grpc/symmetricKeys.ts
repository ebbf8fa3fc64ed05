import type { Cloud } from "../backend/cloud";
import type { CreateKey, UpdateKey } from "../backend/kms/symmetricKeys";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn, listOperations } from "./listing";
import { type PageRequest, pageAs } from "./paging";
import { type Masked, operation, type Service } from "./service";

interface OfKey {
  readonly keyId: string;
}

interface OfVersion extends OfKey {
  readonly versionId: string;
}

export const symmetricKeyService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.kms.v1.SymmetricKeyService",
  methods: {
    list: (call, request: InFolder) =>
      listIn(cloud, call, request, "keys", "kms.keys.list", () => cloud.keys.all()),
    listOperations: (call, { keyId, ...page }: PageRequest & OfKey) => {
      const { id } = cloud.keys.get(call, keyId);
      return listOperations(cloud, id, page);
    },
    get: (call, { keyId }: OfKey) => cloud.keys.get(call, keyId),
    create: operation((call, request: CreateKey) => cloud.keys.create(call, request)),
    update: operation((call, { updateMask, ...request }: Masked<UpdateKey>) =>
      cloud.keys.update(call, request, updateMask?.paths),
    ),
    delete: operation((call, { keyId }: OfKey) => cloud.keys.delete(call, keyId)),
    listVersions: (call, { keyId, ...page }: PageRequest & OfKey) => {
      return pageAs("keyVersions", cloud.keyRotation.listVersions(call, keyId), page);
    },
    rotate: operation((call, { keyId }: OfKey) => cloud.keyRotation.rotate(call, keyId)),
    setPrimaryVersion: operation((call, { keyId, versionId }: OfVersion) =>
      cloud.keyRotation.setPrimaryVersion(call, keyId, versionId),
    ),
    scheduleVersionDestruction: operation(
      (call, { keyId, versionId, pendingPeriod }: OfVersion & { pendingPeriod?: { seconds?: number } }) =>
        cloud.keyRotation.scheduleVersionDestruction(call, keyId, versionId, pendingPeriod),
    ),
    cancelVersionDestruction: operation((call, { keyId, versionId }: OfVersion) =>
      cloud.keyRotation.cancelVersionDestruction(call, keyId, versionId),
    ),
    ...accessBindingMethods(cloud, "symmetricKey"),
  },
});
