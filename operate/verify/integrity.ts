import type { LifecycleRule } from "../../api/bucketSettings";
import type { Version } from "../../api/objects";
import { spanOf, unitOf } from "../logs/keys";
import { isByCloud, isDone, type LogRecord, whoOf } from "./auditRecords";
import { day, timeOf } from "./check";

/** Findings about log objects. */
export interface Integrity {
  readonly faults: readonly string[];
  /** Deletions that may be the work of the bucket's lifecycle. */
  readonly unclear: readonly string[];
}

/** Known facts for the check of versions. */
interface Evidence {
  readonly rules: readonly LifecycleRule[];
  /** Time since which these rules apply, as far as the log shows. */
  readonly rulesSince: number;
  /** Checks whether a version is new: earlier runs did not check it. */
  isNew(version: Version): boolean;
  readonly now: number;
  /** Events about log objects of the trail, as far as data events of Object Storage are collected. */
  readonly records: readonly LogRecord[];
  /** The trail's account. Only it writes log objects. */
  readonly accountId: string;
}

/**
 * Finds log objects that were overwritten or deleted: the trail writes each of them once. Deletions by the rules of the bucket's
 * lifecycle are no faults.
 *
 * @param versions Versions by key, newest first.
 */
export function tampered(versions: ReadonlyMap<string, readonly Version[]>, evidence: Evidence): Integrity {
  const faults: string[] = [];
  const unclear: string[] = [];
  for (const [key, all] of versions) {
    for (const [i, version] of all.entries()) {
      if (!evidence.isNew(version)) continue;
      const before = all[i + 1];
      const by = () => authorOf(version, evidence.records);
      if (!version.isDeleteMarker) {
        if (before) faults.push(`${key} was overwritten at ${timeOf(version.at)}${by()}`);
        continue;
      }
      // If a record names somebody, it was not the lifecycle.
      const who = by();
      const verdict = who ? "deleted" : judged(key, version, before, evidence);
      if (verdict === "lifecycle") continue;
      const text = `${key} was deleted at ${timeOf(version.at)}${who}`;
      if (verdict === "deleted") faults.push(text);
      else unclear.push(`${text}; perhaps by the bucket's lifecycle`);
    }
  }
  const named = new Set([...faults, ...unclear].flatMap((line) => line.split(" was ")[0] ?? []));
  for (const record of evidence.records) {
    const key = record.details?.object_id;
    const verb = verbs[record.event_type];
    if (typeof key !== "string" || isByCloud(record) || !isDone(record)) continue;
    if (verb && !named.has(key))
      faults.push(
        `${key} was ${verb} at ${timeOf(record.at)} by ${whoOf(record)}; the bucket shows no other trace of it`,
      );
    else if (isForeignPut(record, evidence.accountId))
      faults.push(
        `${key} was written at ${timeOf(record.at)} by ${whoOf(record)}, not by the trail's account`,
      );
  }
  return { faults, unclear };
}

/** Verbs for types of records: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
const verbs: Readonly<Record<string, string>> = {
  "yandex.cloud.audit.storage.ObjectUpdate": "overwritten",
  "yandex.cloud.audit.storage.ObjectDelete": "deleted",
};

/** Checks whether a record shows that another account than the trail's wrote an object. */
export const isForeignPut = (record: LogRecord, accountId: string): boolean =>
  record.event_type === "yandex.cloud.audit.storage.ObjectCreate" &&
  isDone(record) &&
  record.authentication?.subject_id !== undefined &&
  record.authentication.subject_id !== accountId;

/** Decides whether the bucket's lifecycle made a delete marker, or a request that deleted the object. */
function judged(
  key: string,
  marker: Version,
  hidden: Version | undefined,
  { rules, rulesSince, now }: Evidence,
): "lifecycle" | "deleted" | "unclear" {
  // Below it is another marker: there was no object to expire.
  if (hidden?.isDeleteMarker) return "deleted";
  // Rules count whole days.
  const [oldest, youngest] = hidden ? [hidden.at, hidden.at] : putBetween(key);
  if (marker.at - oldest < day) return "deleted";
  const doubts = rules.map((rule) => expired(rule, key, marker, oldest, youngest));
  const isGoneByRule =
    hidden !== undefined ||
    rules.some(
      ({ enabled, noncurrentExpiration: old }) =>
        enabled && old?.noncurrentDays && now - marker.at >= Number(old.noncurrentDays) * day,
    );
  if (!isGoneByRule && marker.at >= rulesSince) return "deleted";
  if (doubts.includes("yes") && isGoneByRule) return "lifecycle";
  if (doubts.includes("maybe") || doubts.includes("yes") || marker.at < rulesSince) return "unclear";
  return "deleted";
}

/** Checks whether a rule made a marker, for an object that was written between two times. */
function expired(
  { enabled, filter = {}, expiration }: LifecycleRule,
  key: string,
  marker: Version,
  oldest: number,
  youngest: number,
): "yes" | "maybe" | "no" {
  const { andOperator = {}, ...plain } = filter;
  if (!enabled || !expiration || !key.startsWith(andOperator.prefix || plain.prefix || "")) return "no";
  const length = Number(expiration.days) * day;
  const isDue = (put: number) =>
    expiration.date ? marker.at >= Date.parse(expiration.date) : marker.at - put >= length;
  if (!isDue(oldest)) return "no";
  // The listing has no tags, and no sizes of deleted objects.
  return isNarrow(filter) || !isDue(youngest) ? "maybe" : "yes";
}

/** Reads the period of a log object from its key: `…/<yyyy>/<mm>/[<dd>/]<file>`. */
function putBetween(key: string): readonly [number, number] {
  const unit = unitOf(key);
  return unit === undefined ? [0, Number.POSITIVE_INFINITY] : spanOf(unit);
}

/** Maximum difference between the times of an event and of its version, in seconds. */
const nearby = 5;

function authorOf({ key, versionId, at }: Version, records: readonly LogRecord[]): string {
  const record = records.find((one) => {
    const { event_type, details = {}, at: when } = one;
    const isOfIt =
      details.object_id === key && (details.version_id === versionId || Math.abs(when - at) <= nearby * 1000);
    return verbs[event_type] !== undefined && isOfIt && !isByCloud(one) && isDone(one);
  });
  return record ? ` by ${whoOf(record)}` : "";
}

/** Checks whether a rule filters by more than the key. */
export function isNarrow(filter: NonNullable<LifecycleRule["filter"]>): boolean {
  const { andOperator = {}, ...plain } = filter;
  return [plain, andOperator].some(
    (one) => one.tag || Number(one.objectSizeGreaterThan) > 0 || Number(one.objectSizeLessThan) > 0,
  );
}
