import type { TrailRoles } from "../api/trailFaults";

/**
 * The roles that the vendor's guide gives to a trail's service account. Newer pages of the vendor name narrower ones for
 * bucket and key, but contradict each other; these satisfy all of them.
 */
export const trailRoles = {
  /** On every scope: https://yandex.cloud/en/docs/audit-trails/concepts/trail#collecting-area. */
  scope: "audit-trails.viewer",
  /** On the bucket's folder. */
  bucket: "storage.uploader",
  /** On the bucket's key. */
  key: "kms.keys.encrypterDecrypter",
} as const satisfies TrailRoles;

/** What grants a role on a resource, by what people call the resource. */
export const grantCommands = {
  organization: "yc organization-manager organization add-access-binding",
  cloud: "yc resource-manager cloud add-access-binding",
  folder: "yc resource-manager folder add-access-binding",
  key: "yc kms symmetric-key add-access-binding",
  "service account": "yc iam service-account add-access-binding",
} as const;
