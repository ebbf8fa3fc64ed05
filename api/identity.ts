import type { CloudApi, Connection } from "./connection";
import { accountOfKey } from "./credentials";
import { isUnauthenticated, unlessCloudFails } from "./failures";

/** Holder of a role. */
export interface Subject {
  /** Type such as `serviceAccount`, `userAccount`, `group` or `system`. */
  readonly type: string;
  readonly id: string;
}

/**
 * Returns the account that the credentials belong to. An authorized key names its account. For a token, the API shows
 * only the owner of the caller's authorized keys: https://yandex.cloud/en/docs/iam/api-ref/grpc/Key/list.
 *
 * @returns undefined if the caller has no authorized keys, or may not list them.
 * @throws {ServiceError} if IAM does not accept the credentials.
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

/** Lists the authorized keys of the caller. This needs no role. */
async function ownKeys(cloud: CloudApi) {
  const { KeyServiceService, ListKeysRequest } = await import("@yandex-cloud/nodejs-sdk/iam-v1/key_service");
  return cloud.call("iam", KeyServiceService.list, ListKeysRequest.fromPartial({}));
}

/**
 * Returns the error with which IAM refuses the credentials.
 *
 * @returns undefined if IAM accepts them, or if the call fails for another reason.
 */
export const refusalOfCredentials = (cloud: CloudApi): Promise<unknown> =>
  unlessCloudFails(
    ownKeys(cloud).then(() => undefined),
    (error) => (isUnauthenticated(error) ? error : undefined),
  );
