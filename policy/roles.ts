/** The roles that a trail's service account needs, as the vendor's guide gives them. */
export const neededRoles = {
  /** On every scope of the trail. */
  scope: "audit-trails.viewer",
  /** On the bucket's folder, or on the bucket. */
  bucket: "storage.uploader",
  /** On the bucket's key. */
  key: "kms.keys.encrypterDecrypter",
} as const;

/** A narrower role on the key that newer pages of the vendor name. */
export const narrowerKeyRole = "kms.keys.encrypter";

/** The role that a destination which is no bucket needs, by the trail's property. */
export const otherDestinations = {
  loggingDestination: "logging.writer",
  dataStreamDestination: "yds.writer",
} as const;

/** Roles on everything: https://yandex.cloud/en/docs/iam/roles-reference#primitive-roles */
export const primitiveRoles: readonly string[] = ["admin", "editor", "viewer", "auditor"];
