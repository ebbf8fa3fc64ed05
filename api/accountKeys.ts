import type { CloudApi } from "./connection";
import { listAll, pageSize } from "./listed";

/** Commands that delete a key, without the id of the key, by kind of key. */
export const keyDeletions: Readonly<Record<AccountKey["kind"], string>> = {
  "static key": "yc iam access-key delete",
  "authorized key": "yc iam key delete",
};

/** Key of a service account. Anyone who has it can act as the account. */
export interface AccountKey {
  readonly kind: "static key" | "authorized key";
  readonly id: string;
  readonly createdAt?: Date;
}

/**
 * Lists the static and the authorized keys of a service account.
 *
 * @throws {ServiceError} if the caller may not list them.
 */
export async function listAccountKeys(serviceAccountId: string, cloud: CloudApi): Promise<AccountKey[]> {
  const [{ AccessKeyServiceService }, { KeyServiceService, ListKeysRequest }] = await Promise.all([
    import("@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service"),
    import("@yandex-cloud/nodejs-sdk/iam-v1/key_service"),
  ]);
  const page = { serviceAccountId, pageSize };
  const [fixed, authorized] = await Promise.all([
    listAll(
      (pageToken) => cloud.call("iam", AccessKeyServiceService.list, { ...page, pageToken }),
      ({ accessKeys }) => accessKeys,
    ),
    listAll(
      (pageToken) =>
        cloud.call("iam", KeyServiceService.list, ListKeysRequest.fromPartial({ ...page, pageToken })),
      ({ keys }) => keys,
    ),
  ]);
  return [
    ...fixed.map(({ id, createdAt }) => ({ kind: "static key" as const, id, createdAt })),
    ...authorized.map(({ id, createdAt }) => ({ kind: "authorized key" as const, id, createdAt })),
  ];
}
