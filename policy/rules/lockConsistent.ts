import { lifecycleRules, nameRule } from "../lifecycleRules";
import { type Finding, type Rule, unknownFinding } from "../rule";
import type { Resource, Trail } from "../stack";
import { at, isUnknown, show, type Unknown, unknown, type Value } from "../values";

/** Number of days that AWS and the vendor use for a year. */
const daysOfYear = 365;

export const lockConsistent: Rule = {
  name: "lock-consistent",
  description: "The lock of a trail's bucket matches its versioning and its retention.",
  level: "mandatory",
  check: (stack) => stack.used("bucket").flatMap(({ resource, trails }) => lockFindings(resource, trails)),
};

function lockFindings(bucket: Resource, trails: readonly Trail[]): Finding[] {
  const { properties } = bucket;
  const lock = at(properties, "objectLockConfiguration");
  const rule = at(properties, "objectLockConfiguration.rule.defaultRetention");
  const enabled = at(properties, "objectLockConfiguration.objectLockEnabled");
  const versioned = at(properties, "versioning.enabled");
  if (lock === undefined || lock === null) return [];
  if ([lock, rule, enabled].includes(unknown))
    return [unknownFinding(bucket, `the lock of the bucket "${bucket.name}".`)];
  if (enabled !== "Enabled")
    return rule
      ? [
          {
            resource: bucket,
            message: `The bucket "${bucket.name}" has a lock's retention, but objectLockEnabled ${show(enabled)}: nothing is locked. Set it to "Enabled", or remove the lock.`,
          },
        ]
      : [];
  if (isUnknown(versioned))
    return [unknownFinding(bucket, `versioning of "${bucket.name}", which has a lock.`)];
  const findings: Finding[] = [];
  if (versioned !== true)
    findings.push({
      resource: bucket,
      message: `The bucket "${bucket.name}" has a lock, but versioning.enabled ${show(versioned)}: only versions can be locked. Set versioning.enabled to true.`,
    });
  const days = lockDays(rule);
  const rules = lifecycleRules(bucket, trails);
  if (isUnknown(days) || isUnknown(rules))
    return [
      ...findings,
      unknownFinding(bucket, `how long "${bucket.name}" locks logs, or when they expire.`),
    ];
  for (const path of ["expiration.days", "noncurrentVersionExpiration.days"])
    for (const expiry of rules.map((lifecycle) => ({ lifecycle, days: at(lifecycle, path) })))
      if (typeof expiry.days === "number" && expiry.days > 0 && expiry.days < days)
        findings.push({
          resource: bucket,
          message:
            `${nameRule(expiry.lifecycle)} of the bucket "${bucket.name}" expires logs after ${expiry.days} days that are locked for ${days} days: they ` +
            `stay, and are billed. Set ${path} to at least ${days}, or lock logs for at most ${expiry.days} days.`,
        });
  return findings;
}

/** Returns the days of a default retention; 0 if there is none. */
function lockDays(retention: Value): number | Unknown {
  const [days, years] = ["days", "years"].map((path) => at(retention, path));
  if (isUnknown(days) || isUnknown(years)) return unknown;
  return Number(days ?? 0) + Number(years ?? 0) * daysOfYear;
}
