import type { BucketSettings } from "../../api/bucketSettings";
import { confirmationOf, type ObjectLockArgs, objectLockFaults } from "../../components/bucket/objectLock";
import type { BucketAccessArgs } from "../../components/bucket/policy";
import type { RetentionArgs } from "../../components/bucket/retention";
import type { ObjectLockMode } from "../../components/choices";
import * as values from "../../components/values";
import { accessOf } from "../stack/ownPolicy";
import { known } from "./trailSettings";

const bytesPerGiB = 2 ** 30;

/** Returns a size limit in GiB; undefined if the configuration cannot express it. */
export const sizeFrom = (bytes = 0): number | undefined =>
  bytes > 0 ? values.wholeNumber("GiB", 1).safeParse(bytes / bytesPerGiB).data : undefined;

/** Returns the lock of a bucket; undefined if the configuration cannot express it, or if there is none. */
export function lockFrom(
  { objectLock }: BucketSettings,
  retention: RetentionArgs | undefined,
): ObjectLockArgs | undefined {
  const { mode, days, years } = objectLock?.defaultRetention ?? {};
  if (objectLock?.status !== "OBJECT_LOCK_STATUS_ENABLED" || !mode) return undefined;
  const lock = known({
    mode: mode.replace("MODE_", "") as ObjectLockMode,
    days: days || undefined,
    years: years || undefined,
  });
  const said = lock.mode === "COMPLIANCE" ? { ...lock, confirmation: confirmationOf(lock) } : lock;
  const isCounted = [lock.days, lock.years].every(
    (count) => count === undefined || values.days.safeParse(count).success,
  );
  if (!isCounted) return undefined;
  return objectLockFaults(said, retention).some((fault) => typeof fault === "object") ? undefined : said;
}

/**
 * Returns the access to a bucket by its policy; undefined if the configuration cannot express it.
 *
 * @param uploaders Ids of the accounts of all trails that deliver to the bucket.
 */
export function accessFrom(
  bucketName: string,
  policy: object | undefined,
  uploaders: readonly string[],
): BucketAccessArgs | undefined {
  const access = policy && accessOf(JSON.stringify(policy), bucketName);
  if (!access || access.administrators.length === 0) return undefined;
  if ([...access.uploaders].sort().join() !== [...uploaders].sort().join()) return undefined;
  const { administrators, readers, tlsOnly, denyDelete } = access;
  return {
    administrators: [...administrators],
    readers: readers.length > 0 ? [...readers] : undefined,
    tlsOnly,
    denyDelete,
  };
}
