import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";

/**
 * Finds the service account with a given name in a folder.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function findServiceAccount(folderId: string, name: string, cloud: CloudApi) {
  const accounts = await listServiceAccounts(folderId, cloud, `name = "${name}"`);
  return accounts.find((account) => account.name === name);
}

/**
 * Lists the service accounts of a folder.
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

/**
 * Reads a service account that must exist.
 *
 * @throws {ServiceError} if the account does not exist, or the caller may not read it.
 */
export async function requireServiceAccount(serviceAccountId: string, cloud: CloudApi) {
  const { ServiceAccountServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service"
  );
  return cloud.call("iam", ServiceAccountServiceService.get, { serviceAccountId });
}

/**
 * Reads a service account.
 *
 * @returns undefined if no account has that id.
 * @throws {ServiceError} if the call fails, for example because a role is missing.
 */
export const readServiceAccount = (serviceAccountId: string, cloud: CloudApi) =>
  ifFound(requireServiceAccount(serviceAccountId, cloud));
