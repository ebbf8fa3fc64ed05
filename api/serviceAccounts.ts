import { type CloudApi, isNotFound } from "./connection";

/**
 * The service account of a folder that has a name.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function findServiceAccount(folderId: string, name: string, cloud: CloudApi) {
  const { ListServiceAccountsRequest, ServiceAccountServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service"
  );
  const request = ListServiceAccountsRequest.fromPartial({ folderId, filter: `name = "${name}"` });
  const { serviceAccounts } = await cloud.call("iam", ServiceAccountServiceService.list, request);
  return serviceAccounts.find((account) => account.name === name);
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
  requireServiceAccount(serviceAccountId, cloud).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
