import type { Permission } from "../iam/roles";
import type { BucketSettings } from "./bucket";

export const administer: Permission = "storage.buckets.administer";
export const configure: Permission = "storage.buckets.configure";
export const update: Permission = "storage.buckets.update";

/** Permissions that replace {@link update} for some settings: https://yandex.cloud/en/docs/storage/security/#service-roles. */
const permissions: Readonly<Partial<Record<keyof BucketSettings, Permission>>> = {
  acl: administer,
  anonymousAccessFlags: administer,
  objectLock: administer,
  versioning: administer,
  cors: configure,
  lifecycleRules: configure,
  policy: configure,
  websiteSettings: configure,
};

/** Returns the permissions that a change of settings needs. */
export function permissionsToChange(settings: BucketSettings): Permission[] {
  const fields = Object.keys(settings) as (keyof BucketSettings)[];
  const needed = new Set(fields.map((field) => permissions[field] ?? update));
  return needed.size > 0 ? [...needed] : [update];
}

/** Returns the permissions that the creation of a bucket with given settings needs, in addition to that of creation itself. */
export function permissionsToCreate({ acl, anonymousAccessFlags, versioning }: BucketSettings): Permission[] {
  const isPublic = Object.values(anonymousAccessFlags ?? {}).some(Boolean) || (acl?.grants.length ?? 0) > 0;
  const isVersioned = versioning === "VERSIONING_ENABLED" || versioning === "VERSIONING_SUSPENDED";
  return isPublic || isVersioned ? [administer] : [];
}
