import { ServiceAccount } from "@yandex-cloud/nodejs-sdk/iam-v1/service_account";
import {
  CreateServiceAccountRequest,
  DeleteServiceAccountRequest,
  GetServiceAccountRequest,
  ListServiceAccountOperationsRequest,
  ListServiceAccountOperationsResponse,
  ListServiceAccountsRequest,
  ListServiceAccountsResponse,
  ServiceAccountServiceService,
  UpdateServiceAccountRequest,
} from "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service";
import type { Cloud } from "../backend/cloud";
import { accessBindingMethods } from "./accessBindings";
import { type InFolder, listIn, listOperations } from "./listing";
import type { PageRequest } from "./paging";
import { type Masked, operation, type Service, unary } from "./service";

export const serviceAccountService = (cloud: Cloud): Service => ({
  definition: ServiceAccountServiceService,
  methods: {
    list: unary(ListServiceAccountsRequest, ListServiceAccountsResponse, (call, request: InFolder) =>
      listIn(cloud, call, request, "serviceAccounts", "iam.serviceAccounts.list", () =>
        cloud.serviceAccounts.all(),
      ),
    ),
    listOperations: unary(
      ListServiceAccountOperationsRequest,
      ListServiceAccountOperationsResponse,
      (call, { serviceAccountId, ...page }: PageRequest & { serviceAccountId: string }) => {
        const { id } = cloud.serviceAccounts.get(call, serviceAccountId);
        return listOperations(cloud, id, page);
      },
    ),
    get: unary(GetServiceAccountRequest, ServiceAccount, (call, request: { serviceAccountId: string }) =>
      cloud.serviceAccounts.get(call, request.serviceAccountId),
    ),
    create: operation(CreateServiceAccountRequest, (call, request: { folderId: string }) =>
      cloud.serviceAccounts.create(call, request),
    ),
    update: operation(
      UpdateServiceAccountRequest,
      (call, { updateMask, ...request }: Masked<{ serviceAccountId: string }>) =>
        cloud.serviceAccounts.update(call, request, updateMask?.paths),
    ),
    delete: operation(DeleteServiceAccountRequest, (call, request: { serviceAccountId: string }) =>
      cloud.serviceAccounts.delete(call, request.serviceAccountId),
    ),
    ...accessBindingMethods(cloud, "serviceAccount"),
  },
});
