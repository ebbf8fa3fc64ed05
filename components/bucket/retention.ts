import { RetentionPreset } from "../choices";
import type { Fault } from "../guard";
import * as values from "../values";

/** Retention and storage classes of logs and their old versions. Every number of days is a whole number of at least 1. */
export interface RetentionArgs {
  /**
   * Preset with default settings. Other settings override it.
   * @default "standard"
   */
  readonly preset?: RetentionPreset;
  /**
   * Keeps overwritten and deleted logs as old versions if true. Without it, logs that the trail's own account
   * overwrites are lost. Versioning that was on can only be suspended. See
   * https://yandex.cloud/en/docs/storage/concepts/versioning.
   * @default the preset's value
   */
  readonly versioning?: boolean;
  /**
   * Days after which logs move to cold storage, which costs less to store and more to read.
   * @default the preset's value
   */
  readonly coldAfterDays?: number;
  /**
   * Days after which logs move to ice storage, which costs the least to store and the most to read.
   * @default the preset's value
   */
  readonly iceAfterDays?: number;
  /**
   * Days after which logs are deleted. A versioned bucket then keeps them as old versions for
   * `oldVersionsExpireAfterDays` days.
   * @default the preset's value; never if the preset has none
   */
  readonly expireAfterDays?: number;
  /**
   * Days after which an overwritten or deleted log is permanently deleted.
   * @default the value of `expireAfterDays`; never if that is not set
   */
  readonly oldVersionsExpireAfterDays?: number;
  /**
   * Days after which the parts of an unfinished upload are removed.
   * @default the preset's value
   */
  readonly abortUploadsAfterDays?: number;
}

type Settings = Omit<RetentionArgs, "preset">;

const standard: Settings = { versioning: true, abortUploadsAfterDays: 7 };
const archive: Settings = { ...standard, coldAfterDays: 90 };

/** Settings of each preset. No preset has a lock or a size limit, since both can stop a trail. */
const presets: Readonly<Record<RetentionPreset, Settings>> = {
  guide: { versioning: false },
  standard,
  archive,
  year: { ...archive, expireAfterDays: 365 },
};

export const retentionSchema = ({ plainText, number, yesOrNo }: values.Kinds) =>
  values.only({
    preset: plainText(values.oneOf(RetentionPreset)).optional(),
    versioning: yesOrNo(values.yesOrNo).optional(),
    coldAfterDays: number(values.days).optional(),
    iceAfterDays: number(values.days).optional(),
    expireAfterDays: number(values.days).optional(),
    oldVersionsExpireAfterDays: number(values.days).optional(),
    abortUploadsAfterDays: number(values.days).optional(),
  });

/** Returns the settings of the preset, overridden by the given settings. */
export function retentionOf({ preset = "standard", ...settings }: RetentionArgs = {}): Settings {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const merged: Settings = { ...presets[preset], ...given };
  return { oldVersionsExpireAfterDays: merged.expireAfterDays, ...merged };
}

/** Reports settings whose order in time is wrong, such as ice storage before cold storage. */
export function retentionFaults(args: RetentionArgs | undefined): (Fault | false)[] {
  const { coldAfterDays: cold, iceAfterDays: ice, expireAfterDays: expire } = retentionOf(args);
  const order = [
    ["iceAfterDays", ice, "coldAfterDays", cold],
    ["expireAfterDays", expire, "coldAfterDays", cold],
    ["expireAfterDays", expire, "iceAfterDays", ice],
  ] as const;
  return order.map(
    ([later, laterDays, earlier, earlierDays]) =>
      laterDays !== undefined &&
      earlierDays !== undefined &&
      laterDays <= earlierDays && {
        path: `retention.${later}`,
        reason: `must be more than ${earlier}, which is ${earlierDays}, not ${laterDays}`,
      },
  );
}

/**
 * Returns the lifecycle rules of a bucket. All actions on logs are one rule, so a preview shows a further setting as
 * one addition. Leftover delete markers of expired logs need a rule of their own: the service allows one kind of
 * expiration in a rule.
 */
export function lifecycleRulesOf(args: RetentionArgs | undefined) {
  const { versioning, coldAfterDays, iceAfterDays, expireAfterDays, ...others } = retentionOf(args);
  const { oldVersionsExpireAfterDays: oldVersions, abortUploadsAfterDays } = others;
  const transitions = [
    { days: coldAfterDays, storageClass: "COLD" },
    { days: iceAfterDays, storageClass: "ICE" },
  ].filter(({ days }) => days !== undefined);
  const expiresOldVersions = versioning && oldVersions !== undefined;
  const actions = {
    transitions: transitions.length > 0 ? transitions : undefined,
    expiration: expireAfterDays === undefined ? undefined : { days: expireAfterDays },
    noncurrentVersionExpiration: expiresOldVersions ? { days: oldVersions } : undefined,
    abortIncompleteMultipartUploadDays: abortUploadsAfterDays,
  };
  const rules = [
    { id: "logs", when: Object.values(actions).some((action) => action !== undefined), actions },
    {
      id: "delete-markers",
      when: expiresOldVersions,
      actions: { expiration: { expiredObjectDeleteMarker: true } },
    },
  ];
  return rules.filter(({ when }) => when).map(({ id, actions }) => ({ id, enabled: true, ...actions }));
}
