import type { Cloud } from "../backend/cloud";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn } from "./listing";
import { type Masked, operation, type Service } from "./service";

export const serviceAccountService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.iam.v1.ServiceAccountService",
  methods: {
    list: (call, request: InFolder) =>
      listIn(cloud, call, request, "serviceAccounts", "iam.serviceAccounts.list", () =>
        cloud.serviceAccounts.all(),
      ),
    get: (call, request: { serviceAccountId: string }) =>
      cloud.serviceAccounts.get(call, request.serviceAccountId),
    create: operation((call, request: { folderId: string }) => cloud.serviceAccounts.create(call, request)),
    update: operation((call, { updateMask, ...request }: Masked<{ serviceAccountId: string }>) =>
      cloud.serviceAccounts.update(call, request, updateMask?.paths),
    ),
    delete: operation((call, request: { serviceAccountId: string }) =>
      cloud.serviceAccounts.delete(call, request.serviceAccountId),
    ),
    ...accessBindingMethods(cloud, "serviceAccount"),
  },
});
