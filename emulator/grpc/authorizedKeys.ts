import type { Cloud } from "../backend/cloud";
import { type PageRequest, pageAs } from "./paging";
import { type Masked, operation, type Service } from "./service";

interface OfAccount {
  readonly serviceAccountId: string;
  readonly description?: string;
  readonly keyAlgorithm?: string;
}

interface OfKey {
  readonly keyId: string;
}

export const keyService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.iam.v1.KeyService",
  methods: {
    get: (call, { keyId }: OfKey) => cloud.authorizedKeys.get(call, keyId),
    list: (call, { serviceAccountId, ...page }: OfAccount & PageRequest) => {
      return pageAs("keys", cloud.authorizedKeys.list(call, serviceAccountId), page);
    },
    create: (call, { serviceAccountId, description = "", keyAlgorithm = "" }: OfAccount) =>
      cloud.authorizedKeys.create(call, serviceAccountId, description, keyAlgorithm),
    update: operation((call, { updateMask, keyId, ...given }: Masked<OfKey & { description?: string }>) =>
      cloud.authorizedKeys.update(call, keyId, given, updateMask?.paths),
    ),
    delete: operation((call, { keyId }: OfKey) => cloud.authorizedKeys.delete(call, keyId)),
  },
});
