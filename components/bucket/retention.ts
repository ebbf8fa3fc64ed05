/** How long logs and their old versions are kept, and where. Every day count is a whole number of at least 1. */
export interface RetentionArgs {
  /**
   * Settings to begin with: `guide` (exactly the vendor's guide: nothing), `standard` (versioning, unfinished uploads
   * removed after 7 days), `archive` (`standard`, and cold storage after 90 days) or `year` (`archive`, and logs are
   * deleted after 365 days).
   * @default "standard"
   */
  readonly preset?: string;
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
export const retentionPresets = {
  guide: { versioning: false },
  standard,
  archive,
  year: { ...archive, expireAfterDays: 365 },
} as const satisfies Record<string, Settings>;

const isPreset = (name: string): name is keyof typeof retentionPresets => name in retentionPresets;

/** The preset with the single settings in its place. */
export function retentionOf({ preset = "standard", ...settings }: RetentionArgs = {}): Settings {
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const merged: Settings = { ...(isPreset(preset) ? retentionPresets[preset] : standard), ...given };
  return { oldVersionsExpireAfterDays: merged.expireAfterDays, ...merged };
}

/** The lifecycle rules of a bucket, one for each purpose. */
export function lifecycleRulesOf(args: RetentionArgs | undefined) {
  const { versioning, coldAfterDays, iceAfterDays, expireAfterDays, ...others } = retentionOf(args);
  const { oldVersionsExpireAfterDays, abortUploadsAfterDays } = others;
  const transitions = [
    { days: coldAfterDays, storageClass: "COLD" },
    { days: iceAfterDays, storageClass: "ICE" },
  ].filter(({ days }) => days !== undefined);
  const rules = [
    { id: "move-logs", when: transitions.length > 0, action: { transitions } },
    {
      id: "delete-logs",
      when: expireAfterDays !== undefined,
      action: { expiration: { days: expireAfterDays } },
    },
    {
      id: "delete-old-versions",
      when: versioning && oldVersionsExpireAfterDays !== undefined,
      action: {
        noncurrentVersionExpiration: { days: oldVersionsExpireAfterDays },
        expiration: { expiredObjectDeleteMarker: true },
      },
    },
    {
      id: "remove-unfinished-uploads",
      when: abortUploadsAfterDays !== undefined,
      action: { abortIncompleteMultipartUploadDays: abortUploadsAfterDays },
    },
  ];
  return rules.filter(({ when }) => when).map(({ id, action }) => ({ id, enabled: true, ...action }));
}
