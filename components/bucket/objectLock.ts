/**
 * A lock that nobody's key or role opens before its time. Unverified on the real service: uploads to a bucket with default
 * retention must carry Content-MD5, and the vendor does not say whether Audit Trails' do. If they do not, the trail stops.
 * See https://yandex.cloud/en/docs/storage/concepts/object-lock.
 */
export interface ObjectLockArgs {
  /** `GOVERNANCE` (storage administrators may still delete, if they say so) or `COMPLIANCE` (nobody may). */
  readonly mode: string;
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

/** What `confirmation` has to say. */
export const confirmationOf = ({ days, years }: ObjectLockArgs): string =>
  `nobody can delete a log for ${days === undefined ? `${years} years` : `${days} days`}`;

/** Length of the lock in days; a year counts 366. */
export const lockedDays = ({ days, years = 0 }: ObjectLockArgs): number => days ?? years * 366;

/** The lock as the provider takes it. */
export const objectLockConfigurationOf = ({ mode, days, years }: ObjectLockArgs) => ({
  objectLockEnabled: "Enabled",
  rule: { defaultRetention: { mode, days, years } },
});
