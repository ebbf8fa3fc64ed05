import type { BucketSettings } from "../../api/bucketSettings";
import type { Version } from "../../api/objects";
import type { LogRecord } from "./auditRecords";
import { type Check, shortened } from "./check";
import { type Integrity, tampered } from "./integrity";
import type { TrailMemory } from "./memory";
import { goneSince } from "./seen";
import { placeOf, type TrailTarget } from "./target";

/** Period of the integrity check, with the memory of an earlier run. */
interface Period {
  readonly from: number;
  readonly now: number;
  readonly memory: TrailMemory | undefined;
  isNew(version: Version): boolean;
}

/** Checks whether log objects were overwritten, deleted or written by others. */
export function checkIntegrity(
  versions: ReadonlyMap<string, readonly Version[]>,
  records: readonly LogRecord[],
  target: TrailTarget,
  settings: BucketSettings,
  { from, now, memory, isNew }: Period,
): Check {
  const { accountId, bucketName, keyPrefix } = target;
  const rules = settings.lifecycleRules ?? [];
  const isVersioned = settings.versioning === "VERSIONING_ENABLED";
  // A trail may also collect events of objects in other buckets.
  const ofLogs = records.filter(({ details: { bucket_id, object_id } = {} }) => {
    const isHere = bucket_id === undefined || bucket_id === bucketName;
    return isHere && typeof object_id === "string" && object_id.startsWith(keyPrefix);
  });
  const { faults, unclear } = tampered(versions, {
    ...{ rules, isNew, now, accountId, records: ofLogs },
    rulesSince: rulesSince(target, settings, records, from, now),
  });
  const seen = memory?.seen?.place === placeOf(target) ? memory.seen : undefined;
  const gone = seen
    ? goneSince(seen, versions, { rules, isVersioned, keyPrefix, through: from, now })
    : { faults: [], unclear: [] };
  const notCompared =
    memory && !seen
      ? [
          "The versions at the last run are unknown: the --since file has an older format, or is of another bucket or prefix. The next run compares.",
        ]
      : [];
  return integrityOf(
    isVersioned,
    { faults: [...faults, ...gone.faults], unclear: [...unclear, ...gone.unclear] },
    { isCompared: seen !== undefined, notCompared },
  );
}

/** Returns the time since which the lifecycle has its present rules. The trail would have recorded a change. */
function rulesSince(
  { collected }: TrailTarget,
  { folderId }: BucketSettings,
  records: readonly LogRecord[],
  from: number,
  now: number,
): number {
  const recordsChanges = collected.some(
    ({ kind, scope = "" }) =>
      kind === "management" && (scope.startsWith("organization ") || scope === `folder ${folderId}`),
  );
  if (!recordsChanges) return now;
  const changes = records.filter(({ event_type }) =>
    /\.storage\.Bucket(Create|Update|Lifecycle)/.test(event_type),
  );
  return changes.reduce((latest, { at }) => Math.max(latest, at), from);
}

function integrityOf(
  isVersioned: boolean,
  { faults, unclear }: Integrity,
  { isCompared, notCompared }: { readonly isCompared: boolean; readonly notCompared: readonly string[] },
): Check {
  const name = "integrity";
  if (faults.length > 0)
    return {
      name,
      result: "bad",
      text: "Log objects were overwritten or deleted, or not written by the trail.",
      details: [...shortened(faults), ...shortened(unclear), ...notCompared],
    };
  if (unclear.length > 0)
    return {
      name,
      result: "unknown",
      text: "It is unknown whether only the bucket's lifecycle deleted log objects.",
      details: [...shortened(unclear), ...notCompared],
    };
  if (notCompared.length > 0)
    return {
      name,
      result: "unknown",
      text: "It is unknown whether log objects were permanently deleted since the last run.",
      details: notCompared,
    };
  const lifecycle = "except by the bucket's lifecycle";
  if (isCompared && isVersioned)
    return { name, result: "good", text: `No log object was overwritten or deleted, ${lifecycle}.` };
  return isVersioned
    ? {
        name,
        result: "good",
        text: `No log object was overwritten or hidden by a delete marker, ${lifecycle}. Use --since to detect permanently deleted versions.`,
      }
    : {
        name,
        result: "info",
        text: isCompared
          ? "No log object that the last run saw was overwritten or deleted. For newer log objects it is unknown: the bucket keeps no versions."
          : "It is unknown whether log objects were overwritten or deleted: the bucket keeps no versions. A second run with --since detects it.",
      };
}
