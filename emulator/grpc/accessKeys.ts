import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import { type PageRequest, pageAs } from "./paging";
import { type Masked, operation, type Service } from "./service";

interface OfAccount {
  readonly serviceAccountId: string;
  readonly description?: string;
}

interface OfKey {
  readonly accessKeyId: string;
}

export const accessKeyService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.iam.v1.awscompatibility.AccessKeyService",
  methods: {
    list: (call, { serviceAccountId, ...page }: OfAccount & PageRequest) => {
      if (!serviceAccountId) throw new CloudError("INVALID_ARGUMENT", "service_account_id is required");
      return pageAs("accessKeys", cloud.accessKeys.list(call, serviceAccountId), page);
    },
    get: (call, { accessKeyId }: OfKey) => cloud.accessKeys.get(call, accessKeyId),
    create: (call, { serviceAccountId, description = "" }: OfAccount) =>
      cloud.accessKeys.create(call, serviceAccountId, description),
    update: operation(
      (call, { updateMask, accessKeyId, ...given }: Masked<OfKey & { description?: string }>) =>
        cloud.accessKeys.update(call, accessKeyId, given, updateMask?.paths),
    ),
    delete: operation((call, { accessKeyId }: OfKey) => cloud.accessKeys.delete(call, accessKeyId)),
  },
});
