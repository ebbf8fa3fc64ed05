import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";

/**
 * The service account of a folder that has a name.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function findServiceAccount(folderId: string, name: string, cloud: CloudApi) {
  const accounts = await listServiceAccounts(folderId, cloud, `name = "${name}"`);
  return accounts.find((account) => account.name === name);
}

/**
 * The service accounts of a folder.
 *
 * @throws {ServiceError} if a call fails.
 */
export async function listServiceAccounts(folderId: string, cloud: CloudApi, filter = "") {
  const { ListServiceAccountsRequest, ServiceAccountServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service"
  );
  return listAll(
    (pageToken) => {
      const request = ListServiceAccountsRequest.fromPartial({ folderId, pageSize, pageToken, filter });
      return cloud.call("iam", ServiceAccountServiceService.list, request);
    },
    ({ serviceAccounts }) => serviceAccounts,
  );
}

/** @throws {ServiceError} if the account may not be read, or there is none. */
export async function requireServiceAccount(serviceAccountId: string, cloud: CloudApi) {
  const { ServiceAccountServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service"
  );
  return cloud.call("iam", ServiceAccountServiceService.get, { serviceAccountId });
}

/**
 * Reads a service account.
 *
 * @returns nothing if there is none of that id.
 * @throws {ServiceError} if the service does not say, for want of a role for example.
 */
export const readServiceAccount = (serviceAccountId: string, cloud: CloudApi) =>
  ifFound(requireServiceAccount(serviceAccountId, cloud));
