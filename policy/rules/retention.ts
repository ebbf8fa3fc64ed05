import { cannotTell, type Finding, type Rule } from "../rule";
import type { Resource, Trail } from "../stack";
import { at, isText, isUnknown, listAt, show, type Unknown, unknown, type Value } from "../values";

/** Number of days that AWS and the vendor use for a year. */
const daysOfYear = 365;

export const retentionRules: readonly Rule[] = [
  {
    name: "retention",
    description: "The bucket of a trail keeps logs long enough.",
    level: "mandatory",
    settings: {
      days: {
        type: "integer",
        minimum: 1,
        default: 365,
        description: "Minimum number of days that logs stay.",
      },
      oldVersionsDays: {
        type: "integer",
        minimum: 1,
        default: 30,
        description: "Minimum number of days that overwritten and deleted logs stay.",
      },
    },
    check: (stack, settings) =>
      stack.used("bucket").flatMap(({ resource, trails }) => {
        const rules = lifecycleRules(resource, trails);
        if (isUnknown(rules)) return [cannotTell(resource, `the lifecycle rules of "${resource.name}".`)];
        return rules.flatMap((rule) => retentionFindings(resource, rule, settings));
      }),
  },
  {
    name: "bucket-versioned",
    description: "The bucket of a trail keeps overwritten logs.",
    level: "advisory",
    check: (stack) =>
      stack.used("bucket").flatMap(({ resource }) => {
        const versioned = at(resource.properties, "versioning.enabled");
        if (isUnknown(versioned)) return [cannotTell(resource, `versioning of "${resource.name}".`)];
        if (versioned === true) return [];
        return [
          {
            resource,
            message:
              `The bucket "${resource.name}" has versioning.enabled ${show(versioned)}: if the trail's account overwrites logs, ` +
              `the old ones are lost. Set it to true.`,
          },
        ];
      }),
  },
  {
    name: "lock-consistent",
    description: "The lock of a trail's bucket matches its versioning and its retention.",
    level: "mandatory",
    check: (stack) => stack.used("bucket").flatMap(({ resource, trails }) => lockFindings(resource, trails)),
  },
];

/** Returns the enabled lifecycle rules of a bucket that may apply to logs of its trails. */
function lifecycleRules(bucket: Resource, trails: readonly Trail[]): readonly Value[] | Unknown {
  const rules = listAt(bucket.properties, "lifecycleRules");
  if (isUnknown(rules) || rules.includes(unknown)) return unknown;
  const prefixes = trails.map(logPrefix);
  return rules.filter((rule) => {
    if (at(rule, "enabled") === false) return false;
    const own = prefixesOf(rule);
    if (own.includes(unknown) || prefixes.includes(unknown)) return true;
    const given = own.filter(isText);
    if (given.length === 0) return true;
    return prefixes.some((logs) =>
      given.some((prefix) => prefix.startsWith(String(logs)) || String(logs).startsWith(prefix)),
    );
  });
}

const prefixesOf = (rule: Value): Value[] =>
  ["prefix", "filter.prefix", "filter.and.prefix"].map((path) => at(rule, path));

/** Returns the prefix of a trail's log keys, as far as it is known. */
function logPrefix({ resource }: Trail): string | Unknown {
  const prefix = at(resource.properties, "storageDestination.objectPrefix");
  if (isUnknown(prefix)) return unknown;
  const id = namesOfId(resource);
  return [...(isText(prefix) ? [prefix] : []), ...(id ? [id, ""] : isText(prefix) ? [""] : [])].join("/");
}

const namesOfId = ({ properties }: Resource): string | undefined =>
  [properties.auditTrailsTrailId, properties.trailId].find(isText);

const nameRule = (rule: Value): string => {
  const prefix = prefixesOf(rule).find(isText);
  return `The lifecycle rule ${show(at(rule, "id"))}${prefix ? ` for the prefix "${prefix}"` : ""}`;
};

function retentionFindings(
  bucket: Resource,
  rule: Value,
  settings: Readonly<Record<string, unknown>>,
): Finding[] {
  const limits = [
    { path: "expiration.days", least: Number(settings.days), what: "logs" },
    {
      path: "noncurrentVersionExpiration.days",
      least: Number(settings.oldVersionsDays),
      what: "overwritten and deleted logs",
    },
  ];
  const where = `${nameRule(rule)} of the bucket "${bucket.name}"`;
  const findings = limits.flatMap(({ path, least, what }): Finding[] => {
    const days = at(rule, path);
    if (isUnknown(days)) return [cannotTell(bucket, `${path} of "${bucket.name}".`)];
    if (typeof days !== "number" || days <= 0 || days >= least) return [];
    return [
      {
        resource: bucket,
        message: `${where} deletes ${what} after ${days} days; at least ${least} are required. Raise its ${path}.`,
      },
    ];
  });
  const date = at(rule, "expiration.date");
  if (isUnknown(date)) findings.push(cannotTell(bucket, `expiration.date of "${bucket.name}".`));
  else if (isText(date))
    findings.push({
      resource: bucket,
      message: `${where} deletes all logs on ${date}, new ones too. Replace the date with expiration.days of at least ${settings.days}.`,
    });
  return findings;
}

function lockFindings(bucket: Resource, trails: readonly Trail[]): Finding[] {
  const { properties } = bucket;
  const lock = at(properties, "objectLockConfiguration");
  const rule = at(properties, "objectLockConfiguration.rule.defaultRetention");
  const enabled = at(properties, "objectLockConfiguration.objectLockEnabled");
  const versioned = at(properties, "versioning.enabled");
  if (lock === undefined || lock === null) return [];
  if ([lock, rule, enabled].includes(unknown))
    return [cannotTell(bucket, `the lock of the bucket "${bucket.name}".`)];
  if (enabled !== "Enabled")
    return rule
      ? [
          {
            resource: bucket,
            message: `The bucket "${bucket.name}" has a lock's retention, but objectLockEnabled ${show(enabled)}: nothing is locked. Set it to "Enabled", or remove the lock.`,
          },
        ]
      : [];
  if (isUnknown(versioned)) return [cannotTell(bucket, `versioning of "${bucket.name}", which has a lock.`)];
  const findings: Finding[] = [];
  if (versioned !== true)
    findings.push({
      resource: bucket,
      message: `The bucket "${bucket.name}" has a lock, but versioning.enabled ${show(versioned)}: only versions can be locked. Set versioning.enabled to true.`,
    });
  const days = lockDays(rule);
  const rules = lifecycleRules(bucket, trails);
  if (isUnknown(days) || isUnknown(rules))
    return [...findings, cannotTell(bucket, `how long "${bucket.name}" locks logs, or when they expire.`)];
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
