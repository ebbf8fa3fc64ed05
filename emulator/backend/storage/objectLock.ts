import { CloudError } from "../errors";
import type { ObjectInfo, Retention } from "./objectVersions";

/** Default lock of new objects in a bucket: `days` or `years`. */
interface DefaultRetention {
  readonly mode: "MODE_GOVERNANCE" | "MODE_COMPLIANCE";
  readonly days?: number;
  readonly years?: number;
}

/** Object lock as the vendor's message: https://yandex.cloud/en/docs/storage/concepts/object-lock. */
export interface ObjectLock {
  readonly status: "OBJECT_LOCK_STATUS_ENABLED" | "OBJECT_LOCK_STATUS_DISABLED";
  readonly defaultRetention?: DefaultRetention;
}

/** Returns the lock of an object that is put now. */
export function retentionFrom(lock: ObjectLock | undefined, now: Date): Retention | undefined {
  const { mode, days, years } = lock?.defaultRetention ?? {};
  if (lock?.status !== "OBJECT_LOCK_STATUS_ENABLED" || !mode) return undefined;
  const until = new Date(now);
  if (days) until.setUTCDate(until.getUTCDate() + Number(days));
  if (years) until.setUTCFullYear(until.getUTCFullYear() + Number(years));
  return { mode: mode === "MODE_COMPLIANCE" ? "COMPLIANCE" : "GOVERNANCE", until: until.toISOString() };
}

/**
 * Checks whether a lock forbids to delete a version now. Nobody can bypass COMPLIANCE or a legal hold.
 *
 * @param mayBypass True if the caller may bypass GOVERNANCE, and asks for it.
 */
export function isLocked({ retention, legalHold }: ObjectInfo, now: Date, mayBypass: boolean): boolean {
  if (legalHold) return true;
  if (!retention || retention.until <= now.toISOString()) return false;
  return retention.mode === "COMPLIANCE" || !mayBypass;
}

/**
 * Checks a change of a version's retention. Anybody who may set it may extend it. Only a bypass of GOVERNANCE may shorten it.
 *
 * @throws {CloudError} PERMISSION_DENIED
 */
export function requireLegalChange(
  version: ObjectInfo,
  next: Retention | undefined,
  now: Date,
  mayBypass: boolean,
): void {
  const { retention: current } = version;
  if (!current || current.until <= now.toISOString()) return;
  const isExtension =
    next && next.until >= current.until && (next.mode === "COMPLIANCE" || next.mode === current.mode);
  if (isExtension || (current.mode === "GOVERNANCE" && mayBypass)) return;
  throw new CloudError("PERMISSION_DENIED", "The object is locked");
}
