/** Roles that a trail's service account needs, as the vendor's guide lists them. */
export const neededRoles = {
  /** On every scope of the trail. */
  scope: "audit-trails.viewer",
  /** On the bucket's folder, or on the bucket. */
  bucket: "storage.uploader",
  /** On the bucket's key. */
  key: "kms.keys.encrypterDecrypter",
} as const;

/** Narrower role on the key that newer pages of the vendor name. */
export const narrowerKeyRole = "kms.keys.encrypter";

/** Roles for destinations other than a bucket, by the trail's property. */
export const otherDestinations = {
  loggingDestination: "logging.writer",
  dataStreamDestination: "yds.writer",
} as const;

/** Primitive roles, which work on every service: https://yandex.cloud/en/docs/iam/roles-reference#primitive-roles */
export const primitiveRoles: readonly string[] = ["admin", "editor", "viewer", "auditor"];
