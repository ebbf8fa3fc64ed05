import type { LifecycleRule } from "../../api/bucketSettings";
import type { Version } from "../../api/objects";
import { day, timeOf } from "./check";
import { isByCloud, isDone, type LogRecord, whoOf } from "./records";

/** What became of log objects. */
export interface Integrity {
  readonly faults: readonly string[];
  /** What may be the work of the bucket's lifecycle, and may not. */
  readonly unclear: readonly string[];
}

/** What is known for judging versions. */
interface Evidence {
  readonly rules: readonly LifecycleRule[];
  /** Since when these are the rules, as far as the log tells. */
  readonly rulesSince: number;
  /** Whether no earlier run has judged a version. */
  isNew(version: Version): boolean;
  readonly now: number;
  /** What the log tells of who put and deleted objects. */
  readonly records: readonly LogRecord[];
}

/**
 * Finds log objects that were overwritten or deleted: a log object is put once. What the bucket's lifecycle may have done by
 * its rules is no finding.
 *
 * @param versions By key, the newest first.
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
      // Where the log tells that somebody did it, the lifecycle did not.
      const who = by();
      const verdict = who ? "deleted" : judged(key, version, before, evidence);
      if (verdict === "lifecycle") continue;
      const text = `${key} was deleted at ${timeOf(version.at)}${who}`;
      if (verdict === "deleted") faults.push(text);
      else unclear.push(`${text}; the bucket's lifecycle may have done it`);
    }
  }
  const told = new Set(faults.flatMap((fault) => fault.split(" was ")[0] ?? []));
  for (const record of evidence.records) {
    const key = record.details?.object_id;
    const isTold =
      typeof key !== "string" || told.has(key) || unclear.some((line) => line.startsWith(`${key} `));
    const verb = verbs[record.event_type];
    if (isTold || !verb || isByCloud(record) || !isDone(record)) continue;
    faults.push(`${key} was ${verb} at ${timeOf(record.at)} by ${whoOf(record)}; nothing else is left of it`);
  }
  return { faults, unclear };
}

/** What was done, by the types of the records that tell it: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
const verbs: Readonly<Record<string, string>> = {
  "yandex.cloud.audit.storage.ObjectUpdate": "overwritten",
  "yandex.cloud.audit.storage.ObjectDelete": "deleted",
};

/** Who may have made a delete marker. */
function judged(
  key: string,
  marker: Version,
  hidden: Version | undefined,
  { rules, rulesSince, now }: Evidence,
): "lifecycle" | "deleted" | "unclear" {
  // Another marker below it: there was nothing to expire.
  if (hidden?.isDeleteMarker) return "deleted";
  // No rule counts less than a day.
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

/** Whether a rule made a marker of an object that was put between two times. */
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
  // What the object's tags and size were, the listing does not tell.
  const isNarrow = [plain, andOperator].some(
    (one) => one.tag || Number(one.objectSizeGreaterThan) > 0 || Number(one.objectSizeLessThan) > 0,
  );
  return isNarrow || !isDue(youngest) ? "maybe" : "yes";
}

/** When a log object was put, by its key: `…/<yyyy>/<mm>/[<dd>/]<file>`. */
function putBetween(key: string): readonly [number, number] {
  const [, year, month, date] = /\/(\d{4})\/(\d\d)\/(?:(\d\d)\/)?[^/]+$/.exec(key) ?? [];
  if (!year || !month) return [0, Number.POSITIVE_INFINITY];
  const from = Date.UTC(Number(year), Number(month) - 1, Number(date ?? 1));
  return [from, date ? from + day : Date.UTC(Number(year), Number(month), 1)];
}

/** Seconds between the times of an event and of the version that it made. */
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

/** How many versions were put on each day. */
export function countByDay(versions: ReadonlyMap<string, readonly Version[]>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { at, isDeleteMarker } of [...versions.values()].flat()) {
    if (isDeleteMarker) continue;
    const date = timeOf(at).slice(0, 10);
    counts[date] = (counts[date] ?? 0) + 1;
  }
  return counts;
}

/** Days of which fewer versions are left than an earlier run saw, though no rule has deleted any. */
export function vanished(
  seen: Readonly<Record<string, number>>,
  counts: Readonly<Record<string, number>>,
  rules: readonly LifecycleRule[],
  now: number,
): string[] {
  const enabled = rules.filter((rule) => rule.enabled);
  if (enabled.some(({ expiration }) => expiration?.date)) return [];
  const shortest = Math.min(
    ...enabled.flatMap(({ expiration, noncurrentExpiration }) => [
      Number(expiration?.days) || Number.POSITIVE_INFINITY,
      Number(noncurrentExpiration?.noncurrentDays) || Number.POSITIVE_INFINITY,
    ]),
  );
  return Object.entries(seen).flatMap(([date, count]) => {
    const left = counts[date] ?? 0;
    const isYoung = now - Date.parse(date) < shortest * day;
    return left < count && isYoung
      ? [`${count - left} of ${count} versions that were put on ${date} are gone for good since the last run`]
      : [];
  });
}
