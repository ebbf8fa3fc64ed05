import type { AuditTrailsArgs } from "./args";
import type { AuditTrailsPlan } from "./plan";
import { unlikelyValues } from "./unlikelyValues";

/**
 * Number of trails that a cloud may have before support raises the quota:
 * https://yandex.cloud/en/docs/audit-trails/concepts/limits
 */
const trailQuota = 3;
const dataKeyEvents = ["yandex.cloud.audit.kms.Encrypt", "yandex.cloud.audit.kms.GenerateDataKey"];

/** Returns warnings about arguments that are valid and may have unwanted effects. */
export function warningsOf(args: AuditTrailsArgs, { trails }: AuditTrailsPlan): string[] {
  const warnings = trails.flatMap(({ key, bucket, dataEvents }) =>
    dataEvents.map(({ service, includedEvents, excludedEvents = [] }) => {
      const isCollected = dataKeyEvents.some(
        (event) => includedEvents?.includes(event) ?? !excludedEvents.includes(event),
      );
      return (
        service === "kms" &&
        isCollected &&
        bucket.key &&
        `Trail "${key}" collects data events of KMS and delivers to an encrypted bucket: each delivery may cause more of ` +
          `them. To avoid that, exclude ${dataKeyEvents.join(" and ")}.`
      );
    }),
  );
  return [
    ...unlikelyValues(args),
    ...warnings,
    trails.length > trailQuota &&
      `The stack has ${trails.length} trails. A cloud may have ${trailQuota} unless its quota audit-trails.trails.count was raised.`,
    args.objectLock &&
      "Object lock is not verified on the real service: if Audit Trails uploads without Content-MD5, the trail stops. Watch " +
        "for the first log object.",
  ].filter((warning) => typeof warning === "string");
}
