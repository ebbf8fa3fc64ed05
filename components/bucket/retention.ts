import { RetentionPreset } from "../choices";
import type { Fault } from "../guard";
import * as values from "../values";

/** How long logs and their old versions are kept, and where. Every day count is a whole number of at least 1. */
export interface RetentionArgs {
  /**
   * Settings to begin with; the others go on top.
   * @default "standard"
   */
  readonly preset?: RetentionPreset;
  /**
   * Whether overwritten and deleted logs stay as old versions: the trail's own account may overwrite logs. Once on, it can
   * only be suspended. See https://yandex.cloud/en/docs/storage/concepts/versioning.
   * @default what the preset says
   */
  readonly versioning?: boolean;
  /**
   * Days after which logs move to cold storage, which is cheaper to keep and dearer to read.
   * @default what the preset says
   */
  readonly coldAfterDays?: number;
  /**
   * Days after which logs move to ice storage, the cheapest to keep and dearest to read.
   * @default what the preset says
   */
  readonly iceAfterDays?: number;
  /**
   * Days after which logs are deleted. In a versioned bucket they then stay as old versions for the days of
   * `oldVersionsExpireAfterDays`.
   * @default what the preset says; without a preset that says so, never
   */
  readonly expireAfterDays?: number;
  /**
   * Days after which an overwritten or deleted log is gone for good.
   * @default as many as `expireAfterDays`; never if that is not set
   */
  readonly oldVersionsExpireAfterDays?: number;
  /**
   * Days after which the parts of an unfinished upload are removed.
   * @default what the preset says
   */
  readonly abortUploadsAfterDays?: number;
}

type Settings = Omit<RetentionArgs, "preset">;

const standard: Settings = { versioning: true, abortUploadsAfterDays: 7 };
const archive: Settings = { ...standard, coldAfterDays: 90 };

/** What the presets stand for. Neither a lock nor a size limit is in any: both can stop a trail. */
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

/** The preset with the single settings in its place. */
export function retentionOf({ preset = "standard", ...settings }: RetentionArgs = {}): Settings {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const merged: Settings = { ...presets[preset], ...given };
  return { oldVersionsExpireAfterDays: merged.expireAfterDays, ...merged };
}

/** Settings of which one comes before the other on a log's way, and does not. */
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
 * The lifecycle rules of a bucket. All actions on logs are one rule, so that a further setting shows in a preview as what it
 * adds. Deleting what is left of expired logs has to be a rule of its own: the service takes one kind of expiration in each.
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
