import { z } from "zod";
import { ObjectLockMode } from "../choices";
import type { Fault } from "../guard";
import * as values from "../values";
import { type RetentionArgs, retentionOf } from "./retention";

/**
 * A lock that nobody's key or role opens before its time. Unverified on the real service: uploads to a bucket with default
 * retention must carry Content-MD5, and the vendor does not say whether Audit Trails' do. If they do not, the trail stops.
 * See https://yandex.cloud/en/docs/storage/concepts/object-lock.
 */
export interface ObjectLockArgs {
  /** Who may delete a locked log. */
  readonly mode: ObjectLockMode;
  /**
   * Days for which each new log is locked. Either this or `years`.
   * @default none
   */
  readonly days?: number;
  /**
   * Years for which each new log is locked.
   * @default none
   */
  readonly years?: number;
  /**
   * Needed for `COMPLIANCE`, word for word: `nobody can delete a log for <n> days`, or `years`.
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

/** A lock without a period, without its confirmation, or longer than what it locks is kept. */
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
      reason: "must be on while objectLock is set: a lock holds versions",
    },
    ...Object.entries({ expireAfterDays, oldVersionsExpireAfterDays }).map(
      ([name, days]) =>
        days !== undefined &&
        days < locked && {
          path: `retention.${name}`,
          reason: `must be at least the ${locked} days of objectLock, not ${days}: the lock outlives it`,
        },
    ),
  ];
}

/** What `confirmation` has to say. */
export const confirmationOf = ({ days, years }: ObjectLockArgs): string =>
  `nobody can delete a log for ${days === undefined ? `${years} years` : `${days} days`}`;

/** Length of the lock in days; a year counts 366. */
const lockedDays = ({ days, years = 0 }: ObjectLockArgs): number => days ?? years * 366;

/** The lock as the provider takes it. */
export const objectLockConfigurationOf = ({ mode, days, years }: ObjectLockArgs) => ({
  objectLockEnabled: "Enabled",
  rule: { defaultRetention: { mode, days, years } },
});
