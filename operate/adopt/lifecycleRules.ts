import type { BucketSettings, LifecycleRule } from "../../api/bucketSettings";
import { lifecycleRulesOf, type RetentionArgs, retentionFaults } from "../../components/bucket/retention";
import { days } from "../../components/values";
import { canonical } from "../stack/ownPolicy";

/**
 * Returns the retention of a bucket in the words of the configuration.
 *
 * @returns undefined if the configuration cannot express the rules.
 */
export function retentionFrom({
  versioning,
  lifecycleRules = [],
}: BucketSettings): RetentionArgs | undefined {
  const logs = lifecycleRules.find(({ id }) => id === "logs") ?? {};
  const movedAfter = (storageClass: string) =>
    logs.transitions?.find((transition) => transition.storageClass === storageClass)?.days;
  const found = {
    coldAfterDays: movedAfter("COLD"),
    iceAfterDays: movedAfter("ICE"),
    expireAfterDays: logs.expiration?.days,
    oldVersionsExpireAfterDays: logs.noncurrentExpiration?.noncurrentDays,
    abortUploadsAfterDays: logs.abortIncompleteMultipartUpload?.daysAfterExpiration,
  };
  const given = Object.entries(found).filter(([, count]) => count !== undefined);
  const retention: RetentionArgs = {
    preset: "guide",
    versioning: versioning === "VERSIONING_ENABLED",
    ...Object.fromEntries(given),
  };
  const isSayable =
    given.every(([, count]) => days.safeParse(count).success) &&
    retentionFaults(retention).every((fault) => fault === false) &&
    sameRules(lifecycleRulesOf(retention).map(asInTheApi), lifecycleRules);
  return isSayable ? retention : undefined;
}

type MadeRule = ReturnType<typeof lifecycleRulesOf>[number] & {
  readonly transitions?: LifecycleRule["transitions"];
  readonly noncurrentVersionExpiration?: { readonly days: number };
  readonly abortIncompleteMultipartUploadDays?: number;
};

/** Translates a rule for the provider into the form of the API. */
function asInTheApi(rule: MadeRule): LifecycleRule {
  const { noncurrentVersionExpiration: old, abortIncompleteMultipartUploadDays: abortDays, ...same } = rule;
  return {
    ...same,
    noncurrentExpiration: old && { noncurrentDays: old.days },
    abortIncompleteMultipartUpload: abortDays === undefined ? undefined : { daysAfterExpiration: abortDays },
  };
}

const sameRules = (some: readonly LifecycleRule[], others: readonly LifecycleRule[]): boolean =>
  canonical(JSON.stringify(some.map(essential))) === canonical(JSON.stringify(others.map(essential)));

/** Returns a rule without empty parts. */
const essential = (rule: LifecycleRule): object =>
  Object.fromEntries(
    Object.entries(rule).filter(
      ([name, value]) =>
        value !== undefined &&
        !(Array.isArray(value) && value.length === 0) &&
        !(name === "filter" && Object.values(value).every((part) => part === "" || part === undefined)),
    ),
  );
