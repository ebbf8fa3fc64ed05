/**
 * The roles that the vendor's guide gives to a trail's service account. Newer pages of the vendor name narrower ones for
 * bucket and key, but contradict each other; these satisfy all of them.
 */
export const trailRoles = {
  /** On every scope: https://yandex.cloud/en/docs/audit-trails/concepts/trail#collecting-area. */
  viewer: "audit-trails.viewer",
  /** On the bucket's folder. */
  uploader: "storage.uploader",
  /** On the bucket's key. */
  encrypterDecrypter: "kms.keys.encrypterDecrypter",
} as const;
