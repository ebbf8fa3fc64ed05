import type { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";
import { finished } from "./operations";

/** State of a KMS key. */
export interface KeyState {
  readonly id: string;
  readonly folderId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Algorithm such as `AES_256`. */
  readonly algorithm: string;
  /** Seconds after which the service creates a new version; absent if there is no rotation. */
  readonly rotationSeconds?: number;
  readonly deletionProtection: boolean;
  /** Status such as `ACTIVE`. */
  readonly status: string;
  /** Version that encrypts; absent if the key has none. */
  readonly primaryVersion?: { readonly id: string; readonly status: string };
}

/**
 * Reads a KMS key.
 *
 * @returns undefined if there is no such key.
 * @throws {ServiceError} if the call fails, for example because a role is missing.
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

/** Returns the status of a KMS key, such as `ACTIVE`; undefined if there is no such key. @throws as {@link readKey}. */
export const readKeyStatus = async (keyId: string, cloud: CloudApi): Promise<string | undefined> =>
  (await readKey(keyId, cloud))?.status;

/** Version of a KMS key. */
export interface KeyVersion {
  readonly id: string;
  /** `ACTIVE`, `SCHEDULED_FOR_DESTRUCTION` or `DESTROYED`. */
  readonly status: string;
  readonly isPrimary: boolean;
  /** Time of creation, milliseconds since 1970. */
  readonly createdAt: number;
  /** Time at which the service destroys a version that is scheduled for destruction. */
  readonly destroyAt?: Date;
}

/**
 * Lists the versions of a KMS key, the oldest first. Data can be decrypted only with the version that encrypted it.
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
 * Lists the KMS keys of a folder.
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
 * Deletes a KMS key, even if it is protected from deletion. Data that it encrypted can then never be read again.
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
