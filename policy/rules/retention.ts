import { lifecycleRules, nameRule } from "../lifecycleRules";
import { type Finding, type Rule, unknownFinding } from "../rule";
import type { Resource } from "../stack";
import { at, isText, isUnknown, type Value } from "../values";

export const retention: Rule = {
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
      if (isUnknown(rules)) return [unknownFinding(resource, `the lifecycle rules of "${resource.name}".`)];
      return rules.flatMap((rule) => retentionFindings(resource, rule, settings));
    }),
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
    if (isUnknown(days)) return [unknownFinding(bucket, `${path} of "${bucket.name}".`)];
    if (typeof days !== "number" || days <= 0 || days >= least) return [];
    return [
      {
        resource: bucket,
        message: `${where} deletes ${what} after ${days} days; at least ${least} are required. Raise its ${path}.`,
      },
    ];
  });
  const date = at(rule, "expiration.date");
  if (isUnknown(date)) findings.push(unknownFinding(bucket, `expiration.date of "${bucket.name}".`));
  else if (isText(date))
    findings.push({
      resource: bucket,
      message: `${where} deletes all logs on ${date}, new ones too. Replace the date with expiration.days of at least ${settings.days}.`,
    });
  return findings;
}
