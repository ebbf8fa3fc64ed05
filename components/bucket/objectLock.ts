import { z } from "zod";
import { ObjectLockMode } from "../choices";
import type { Fault } from "../guard";
import * as values from "../values";
import { type RetentionArgs, retentionOf } from "./retention";

/**
 * Lock that protects new logs from deletion for a period. Unverified on the real service. Uploads to a bucket
 * with default retention must carry Content-MD5, and the vendor does not document whether Audit Trails sends it. If it
 * does not, the trail stops. See https://yandex.cloud/en/docs/storage/concepts/object-lock.
 */
export interface ObjectLockArgs {
  /** Mode of the lock. With `GOVERNANCE`, storage administrators can delete a locked log. With `COMPLIANCE`, nobody can. */
  readonly mode: ObjectLockMode;
  /**
   * Days for which each new log is locked. Set either `days` or `years`.
   * @default none
   */
  readonly days?: number;
  /**
   * Years for which each new log is locked. Set either `days` or `years`.
   * @default none
   */
  readonly years?: number;
  /**
   * Confirmation that `COMPLIANCE` requires, with exactly these words: `nobody can delete a log for <n> days`, or
   * `years`.
   * @default none
   */
  readonly confirmation?: string;
}

export const objectLockSchema = ({ plainText, number }: values.Kinds) =>
  values.only({
    mode: plainText(values.oneOf(ObjectLockMode)),
    days: number(values.days).optional(),
    years: number(values.wholeNumber("years", 1)).optional(),
    confirmation: plainText(z.string("must be text")).optional(),
  });

/** Returns the faults of a lock: no period, no confirmation, versioning off, or a period longer than the retention. */
export function objectLockFaults(
  lock: ObjectLockArgs | undefined,
  retention: RetentionArgs | undefined,
): (Fault | false)[] {
  if (!lock) return [];
  const { versioning, expireAfterDays, oldVersionsExpireAfterDays } = retentionOf(retention);
  const locked = lockedDays(lock);
  return [
    (lock.days === undefined) === (lock.years === undefined) && {
      path: "objectLock",
      reason: "needs either days or years",
    },
    lock.mode === ObjectLockMode.Compliance &&
      lock.confirmation !== confirmationOf(lock) && {
        path: "objectLock.confirmation",
        reason: `must be "${confirmationOf(lock)}": not even the account's owner can undo this lock`,
      },
    !versioning && {
      path: "retention.versioning",
      reason: "must be true while objectLock is set: a lock protects versions",
    },
    ...Object.entries({ expireAfterDays, oldVersionsExpireAfterDays }).map(
      ([name, days]) =>
        days !== undefined &&
        days < locked && {
          path: `retention.${name}`,
          reason: `must be at least the ${locked} days of objectLock, not ${days}: locked logs cannot expire earlier`,
        },
    ),
  ];
}

/** Returns the text that `confirmation` must have. */
export const confirmationOf = ({ days, years }: ObjectLockArgs): string =>
  `nobody can delete a log for ${days === undefined ? `${years} years` : `${days} days`}`;

/** Returns the length of the lock in days. A year counts as 366 days. */
const lockedDays = ({ days, years = 0 }: ObjectLockArgs): number => days ?? years * 366;

/** Returns the lock in the form of the provider's input. */
export const objectLockConfigurationOf = ({ mode, days, years }: ObjectLockArgs) => ({
  objectLockEnabled: "Enabled",
  rule: { defaultRetention: { mode, days, years } },
});
