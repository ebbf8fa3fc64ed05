import type { Resource } from "./engineJson";

export const resourceTypes = {
  trail: "yandex:index/auditTrailsTrail:AuditTrailsTrail",
  bucket: "yandex:index/storageBucket:StorageBucket",
  key: "yandex:index/kmsSymmetricKey:KmsSymmetricKey",
  account: "yandex:index/iamServiceAccount:IamServiceAccount",
} as const;

export type Kind = keyof typeof resourceTypes;

export const kinds = Object.keys(resourceTypes) as readonly Kind[];

/** Returns the kind of a resource; undefined for other types. */
export const kindOf = ({ type }: Pick<Resource, "type">): Kind | undefined =>
  kinds.find((kind) => resourceTypes[kind] === type);

/** The vendor's names of the kinds. */
export const kindTitles: Readonly<Record<Kind, string>> = {
  trail: "trail",
  account: "service account",
  bucket: "bucket",
  key: "KMS key",
};
