import type { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";
import { finished } from "./operations";

/** How usable a KMS key is. */
export interface KeyState {
  readonly id: string;
  readonly folderId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
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
  const key = await ifFound(cloud.call("kms", SymmetricKeyServiceService.get, { keyId }));
  if (!key) return undefined;
  const { id, folderId, name, labels, status, primaryVersion: version } = key;
  return {
    ...{ id, folderId, name, labels, status: SymmetricKey_Status[status] },
    algorithm: SymmetricAlgorithm[key.defaultAlgorithm],
    rotationSeconds: key.rotationPeriod?.seconds || undefined,
    deletionProtection: key.deletionProtection,
    ...(version && {
      primaryVersion: { id: version.id, status: SymmetricKeyVersion_Status[version.status] },
    }),
  };
}

/** The status of a KMS key, such as `ACTIVE`; nothing if there is no such key. @throws as {@link readKey}. */
export const readKeyStatus = async (keyId: string, cloud: CloudApi): Promise<string | undefined> =>
  (await readKey(keyId, cloud))?.status;

/** A version of a KMS key. */
export interface KeyVersion {
  readonly id: string;
  /** `ACTIVE`, `SCHEDULED_FOR_DESTRUCTION` or `DESTROYED`. */
  readonly status: string;
  readonly isPrimary: boolean;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** When a scheduled one is destroyed. */
  readonly destroyAt?: Date;
}

/**
 * Lists the versions of a KMS key, the oldest first. What a version encrypted, that version decrypts.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function listKeyVersions(keyId: string, cloud: CloudApi): Promise<KeyVersion[]> {
  const [{ SymmetricKeyServiceService }, { SymmetricKeyVersion_Status }] = await Promise.all([
    import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"),
    import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key"),
  ]);
  const versions = await listAll(
    (pageToken) => cloud.call("kms", SymmetricKeyServiceService.listVersions, { keyId, pageSize, pageToken }),
    ({ keyVersions }) => keyVersions,
  );
  return versions
    .map(({ id, status, primary, createdAt, destroyAt }) => ({
      ...{ id, isPrimary: primary, createdAt: createdAt?.getTime() ?? 0 },
      status: SymmetricKeyVersion_Status[status],
      ...(destroyAt && { destroyAt }),
    }))
    .sort((one, other) => one.createdAt - other.createdAt);
}

/**
 * The keys of a folder.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function listKeys(folderId: string, cloud: CloudApi): Promise<SymmetricKey[]> {
  const { SymmetricKeyServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"
  );
  return listAll(
    (pageToken) => cloud.call("kms", SymmetricKeyServiceService.list, { folderId, pageSize, pageToken }),
    ({ keys }) => keys,
  );
}

/**
 * Deletes a KMS key, also one that is protected from deletion. What is encrypted with it can then not be read any more.
 *
 * @throws {ServiceError} if a call fails.
 * @throws as {@link finished}.
 */
export async function deleteKey(keyId: string, cloud: CloudApi): Promise<void> {
  const { SymmetricKeyServiceService, UpdateSymmetricKeyRequest } = await import(
    "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"
  );
  const updateMask = { paths: ["deletion_protection"] };
  const unprotected = UpdateSymmetricKeyRequest.fromPartial({ keyId, deletionProtection: false, updateMask });
  await finished(await cloud.call("kms", SymmetricKeyServiceService.update, unprotected), cloud);
  await finished(await cloud.call("kms", SymmetricKeyServiceService.delete, { keyId }), cloud);
}
