/** Algorithms of keys: https://yandex.cloud/en/docs/kms/concepts/key. */
export const KeyAlgorithm = {
  Aes128: "AES_128",
  Aes192: "AES_192",
  Aes256: "AES_256",
  Aes256Hsm: "AES_256_HSM",
} as const;
export type KeyAlgorithm = (typeof KeyAlgorithm)[keyof typeof KeyAlgorithm];

/**
 * Source of the key that encrypts logs: a new key, the key of `keyId`, or none. The vendor's guide also allows an unencrypted
 * bucket: no key, and no role on a key.
 */
export const Encryption = { New: "new", Existing: "existing", None: "none" } as const;
export type Encryption = (typeof Encryption)[keyof typeof Encryption];

/**
 * Presets of the retention:
 * - `guide`: no settings, exactly like the vendor's guide;
 * - `standard`: versioning, and unfinished uploads are removed after 7 days;
 * - `archive`: `standard`, and cold storage after 90 days;
 * - `year`: `archive`, and logs are deleted after 365 days.
 */
export const RetentionPreset = {
  Guide: "guide",
  Standard: "standard",
  Archive: "archive",
  Year: "year",
} as const;
export type RetentionPreset = (typeof RetentionPreset)[keyof typeof RetentionPreset];

/**
 * Modes of an object lock. With `GOVERNANCE`, storage administrators can delete a locked log by a special request. With
 * `COMPLIANCE`, nobody can.
 */
export const ObjectLockMode = { Governance: "GOVERNANCE", Compliance: "COMPLIANCE" } as const;
export type ObjectLockMode = (typeof ObjectLockMode)[keyof typeof ObjectLockMode];

/**
 * Treatment of buckets and keys that leave the stack:
 * - `keep`: they stay in the cloud, with every log;
 * - `deleteIfEmpty`: they are deleted, but a bucket with logs is not;
 * - `deleteWithLogs`: they are deleted, with every log.
 */
export const OnRemoval = {
  Keep: "keep",
  DeleteIfEmpty: "deleteIfEmpty",
  DeleteWithLogs: "deleteWithLogs",
} as const;
export type OnRemoval = (typeof OnRemoval)[keyof typeof OnRemoval];

/**
 * Types of resources whose events a trail can collect:
 * https://yandex.cloud/en/docs/audit-trails/concepts/trail#collecting-area
 */
export const ScopeType = {
  Organization: "organization-manager.organization",
  Cloud: "resource-manager.cloud",
  Folder: "resource-manager.folder",
} as const;
export type ScopeType = (typeof ScopeType)[keyof typeof ScopeType];

/**
 * Resource on which the trails' account gets the role storage.uploader. `folder` is the folder of the bucket, as in the vendor's
 * guide. `bucket` is the bucket alone, as in the vendor's page on creating a trail.
 */
export const UploaderPlace = { Folder: "folder", Bucket: "bucket" } as const;
export type UploaderPlace = (typeof UploaderPlace)[keyof typeof UploaderPlace];

/**
 * Role of the trails' account on the key: `encrypterDecrypter`, as in the vendor's guide, or `encrypter`, as in the vendor's page
 * on creating a trail.
 */
export const KeyRole = { EncrypterDecrypter: "encrypterDecrypter", Encrypter: "encrypter" } as const;
export type KeyRole = (typeof KeyRole)[keyof typeof KeyRole];
