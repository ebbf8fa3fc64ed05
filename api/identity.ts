import type { CloudApi, Connection } from "./connection";
import { accountOfKey } from "./credentials";
import { isUnauthenticated, unlessCloudFails } from "./failures";

/** Who may hold a role. */
export interface Subject {
  /** Such as `serviceAccount`, `userAccount`, `group` or `system`. */
  readonly type: string;
  readonly id: string;
}

/**
 * Whose the credentials are. An authorized key names its account. For a token the API tells only to whom the authorized keys of
 * the caller belong: https://yandex.cloud/en/docs/iam/api-ref/grpc/Key/list.
 *
 * @returns nothing if the caller has none, or may not list them.
 * @throws {ServiceError} if nobody is known by the credentials.
 */
export async function subjectOf(
  { serviceAccountKeyFile }: Connection,
  cloud: CloudApi,
): Promise<Subject | undefined> {
  if (serviceAccountKeyFile) return { type: "serviceAccount", id: accountOfKey(serviceAccountKeyFile) };
  const { keys } = await unlessCloudFails(ownKeys(cloud), (error) => {
    if (isUnauthenticated(error)) throw error;
    return { keys: [] };
  });
  const { serviceAccountId, userAccountId } = keys[0] ?? {};
  if (serviceAccountId) return { type: "serviceAccount", id: serviceAccountId };
  return userAccountId ? { type: "userAccount", id: userAccountId } : undefined;
}

/** The authorized keys of the caller, for which no role is needed. */
async function ownKeys(cloud: CloudApi) {
  const { KeyServiceService, ListKeysRequest } = await import("@yandex-cloud/nodejs-sdk/iam-v1/key_service");
  return cloud.call("iam", KeyServiceService.list, ListKeysRequest.fromPartial({}));
}

/**
 * Why the credentials are not accepted.
 *
 * @returns nothing if they are, or where another failure leaves it open.
 */
export const refusalOfCredentials = (cloud: CloudApi): Promise<unknown> =>
  unlessCloudFails(
    ownKeys(cloud).then(() => undefined),
    (error) => (isUnauthenticated(error) ? error : undefined),
  );
