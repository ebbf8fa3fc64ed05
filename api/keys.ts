import type { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import { type CloudApi, isNotFound } from "./connection";

/** How usable a KMS key is. */
export interface KeyState {
  readonly id: string;
  readonly folderId: string;
  readonly name: string;
  /** Such as `AES_256`. */
  readonly algorithm: string;
  /** Seconds after which the service makes a new version; absent if it makes none. */
  readonly rotationSeconds?: number;
  readonly deletionProtection: boolean;
  /** Such as `ACTIVE`. */
  readonly status: string;
  /** The version that encrypts; absent if the key has none. */
  readonly primaryVersion?: { readonly id: string; readonly status: string };
}

/**
 * Reads a KMS key.
 *
 * @returns nothing if there is no such key.
 * @throws {ServiceError} if the service does not say, for want of a role for example.
 */
export async function readKey(keyId: string, cloud: CloudApi): Promise<KeyState | undefined> {
  const [
    { SymmetricKeyServiceService },
    { SymmetricAlgorithm, SymmetricKey_Status, SymmetricKeyVersion_Status },
  ] = await Promise.all([
    import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"),
    import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key"),
  ]);
  return cloud.call("kms", SymmetricKeyServiceService.get, { keyId }).then(
    ({ id, folderId, name, status, primaryVersion: version, ...settings }) => ({
      ...{ id, folderId, name, status: SymmetricKey_Status[status] },
      algorithm: SymmetricAlgorithm[settings.defaultAlgorithm],
      rotationSeconds: settings.rotationPeriod?.seconds || undefined,
      deletionProtection: settings.deletionProtection,
      ...(version && {
        primaryVersion: { id: version.id, status: SymmetricKeyVersion_Status[version.status] },
      }),
    }),
    (error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    },
  );
}

/** The status of a KMS key, such as `ACTIVE`; nothing if there is no such key. @throws as {@link readKey}. */
export const readKeyStatus = async (keyId: string, cloud: CloudApi): Promise<string | undefined> =>
  (await readKey(keyId, cloud))?.status;

/**
 * The keys of a folder.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function listKeys(folderId: string, cloud: CloudApi): Promise<SymmetricKey[]> {
  const { SymmetricKeyServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"
  );
  const keys: SymmetricKey[] = [];
  let pageToken = "";
  do {
    const request = { folderId, pageSize: 1000, pageToken };
    const page = await cloud.call("kms", SymmetricKeyServiceService.list, request);
    keys.push(...page.keys);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return keys;
}
