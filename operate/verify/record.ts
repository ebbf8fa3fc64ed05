import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { ObjectReader, type Version } from "../../api/objects";
import { checkChanges, makerOf } from "./changes";
import { type Check, counted, day, lengthOf, minute, reasonOf, shortened, timeOf } from "./check";
import { isAwaited, late } from "./delivery";
import { countByDay, type Integrity, tampered, vanished } from "./integrity";
import type { TrailMemory } from "./memory";
import { type LogRecord, type Records, readRecords } from "./records";
import type { Target } from "./target";

/** How a record is looked at. */
export interface RecordOptions {
  readonly deployers: readonly string[];
  /** Milliseconds for which there may be no log object. */
  readonly newestWithin?: number;
  /** What the last run kept. */
  readonly memory?: TrailMemory;
}

export interface RecordLook {
  readonly checks: readonly Check[];
  /** What is to be kept for the next run, if this one could look. */
  readonly memory?: TrailMemory;
}

const names = ["newest", "record", "integrity", "changes"] as const;

/** Looks at what the trail has delivered: since the last run, and without one in the last day. */
export async function lookAtRecord(
  target: Target,
  settings: BucketSettings,
  now: number,
  options: RecordOptions,
  cloud: CloudApi,
): Promise<RecordLook> {
  const { memory } = options;
  try {
    using reader = await ObjectReader.open(target.bucketName, cloud);
    const versions = await reader.versions(target.keyPrefix);
    const all = [...versions.values()].flat();
    const from = memory?.through ?? now - day;
    const last = new Set(memory?.last);
    const isSince = (version: Version) => version.at >= from && !last.has(nameOf(version));
    const records = await readRecords(
      reader,
      all.filter((version) => !version.isDeleteMarker && isSince(version)),
    );
    const keyId = keyIdOf(settings);
    const isNew = memory ? isSince : () => true;
    const rules = settings.lifecycleRules ?? [];
    const counts = countByDay(versions);
    const integrity = tampered(versions, {
      ...{ rules, isNew, now, records: records.records },
      rulesSince: rulesSince(target, settings, records.records, from, now),
    });
    const gone = vanished(memory?.days ?? {}, counts, rules, now);
    const containers = new Set([
      target.folderId,
      settings.folderId,
      ...target.collected.flatMap(({ scope }) => scope?.split(" ")[1] ?? []),
    ]);
    const maker =
      memory?.maker ??
      makerOf(records.records, target.trailId) ??
      makerOf(await firstRecords(reader, all), target.trailId);
    const through = all.reduce((newest, { at }) => Math.max(newest, at), from);
    const lastEvent = records.records.at(-1)?.at ?? memory?.lastEvent;
    const found =
      memory?.awaited &&
      records.records.find((one) => isAwaited(memory.awaited ?? never, target.accountId, one));
    return {
      checks: [
        newestOf(all, now, options.newestWithin),
        recordOf(records, { from, keyId, ...options }),
        ...(memory?.awaited ? [awaitedOf(memory.awaited, found)] : []),
        integrityOf(settings, integrity, gone),
        checkChanges(records.records, { target, keyId, containers }, options.deployers, maker),
      ],
      memory: {
        ...{ through, lastEvent, maker, days: counts },
        last: all.filter(({ at }) => at === through).map(nameOf),
        awaited: found ? undefined : memory?.awaited,
      },
    };
  } catch (error) {
    const text = `The log objects in bucket ${target.bucketName} cannot be read: ${reasonOf(error)}`;
    return { checks: names.map((name) => ({ name, result: "unknown", text })) };
  }
}

/** What the first log objects hold, as far as they are left: the first event of a trail is that it was made. */
async function firstRecords(reader: ObjectReader, all: readonly Version[]): Promise<readonly LogRecord[]> {
  const first = all
    .filter(({ isDeleteMarker }) => !isDeleteMarker)
    .sort((one, other) => one.at - other.at)
    .slice(0, 3);
  return readRecords(reader, first).then(
    ({ records }) => records,
    () => [],
  );
}

const never = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY };

const nameOf = ({ key, versionId }: Version): string => `${key} ${versionId}`;

/** Since when the bucket's lifecycle has the rules of now: the trail would tell of a change. */
function rulesSince(
  { collected }: Target,
  { folderId }: BucketSettings,
  records: readonly LogRecord[],
  from: number,
  now: number,
): number {
  const tells = collected.some(
    ({ kind, scope = "" }) =>
      kind === "management" && (scope.startsWith("organization ") || scope === `folder ${folderId}`),
  );
  if (!tells) return now;
  const changes = records.filter(({ event_type }) =>
    /\.storage\.Bucket(Create|Update|Lifecycle)/.test(event_type),
  );
  return changes.reduce((latest, { at }) => Math.max(latest, at), from);
}

function newestOf(all: readonly Version[], now: number, within: number | undefined): Check {
  const name = "newest";
  const newest = all
    .filter(({ isDeleteMarker }) => !isDeleteMarker)
    .reduce<Version | undefined>((best, one) => (best && best.at >= one.at ? best : one), undefined);
  if (!newest)
    return {
      name,
      result: within === undefined ? "unknown" : "bad",
      text: "No log object has been delivered yet, or none is left.",
    };
  const age = now - newest.at;
  const text = `The newest log object is ${lengthOf(age)} old: ${newest.key}`;
  if (within === undefined) return { name, result: "told", text };
  return age > within
    ? { name, result: "bad", text: `${text}. It may be ${lengthOf(within)} old at most.` }
    : { name, result: "good", text };
}

/** What was delivered in the period: how late, with which gaps, and how encrypted. */
function recordOf(
  { records, objects, unreadable }: Records,
  {
    from,
    keyId,
    newestWithin,
    memory,
  }: RecordOptions & { readonly from: number; readonly keyId: string | undefined },
): Check {
  const name = "record";
  const period = `since ${timeOf(from)}`;
  const text = `${counted(objects.length, "log object")} with ${counted(records.length, "event")} ${period}`;
  const foreign = keyId ? objects.filter(({ kmsKeyId }) => kmsKeyId !== keyId) : [];
  const gaps = gapsIn(records, memory?.lastEvent);
  const long = newestWithin === undefined ? [] : gaps.filter(({ length }) => length > newestWithin);
  const faults = [
    ...shortened(
      foreign.map(
        ({ version, kmsKeyId }) =>
          `${version.key} is ${kmsKeyId ? `encrypted with key ${kmsKeyId}` : "not encrypted"}, not with the bucket's key ${keyId}.`,
      ),
    ),
    ...shortened(long.map((gap) => `There is a gap: ${spanOf(gap)}.`)),
  ];
  const lag = records.reduce((longest, { at, delivered }) => Math.max(longest, delivered.at - at), 0);
  const longest = gaps[0];
  const facts = [
    ...(records.length > 0
      ? [
          `An event was delivered ${lengthOf(lag)} after it happened at most${lag > late ? ", which is late" : ""}.`,
        ]
      : []),
    ...(longest && longest.length >= minute && long.length === 0
      ? [
          `The longest stretch without an event: ${spanOf(longest)}. Whether nothing happened then, the log does not tell.`,
        ]
      : []),
  ];
  if (faults.length > 0)
    return {
      name,
      result: "bad",
      text: `${text} are not as they should be.`,
      details: [...faults, ...facts],
    };
  if (unreadable.length > 0)
    return {
      name,
      result: "unknown",
      text: `${unreadable.length} objects ${period} hold no records, though their keys are those of log objects.`,
      details: [...shortened(unreadable), ...facts],
    };
  return {
    name,
    result: "told",
    text: `${text}${keyId && objects.length > 0 ? `, each object encrypted with key ${keyId}` : ""}.`,
    details: facts,
  };
}

interface Gap {
  readonly from: number;
  readonly length: number;
}

/** Stretches between two events, the longest first. */
function gapsIn(records: readonly LogRecord[], lastEvent: number | undefined): Gap[] {
  const times = [...(lastEvent === undefined ? [] : [lastEvent]), ...records.map(({ at }) => at)].sort(
    (one, other) => one - other,
  );
  return times
    .slice(1)
    .map((at, i) => ({ from: times[i] ?? at, length: at - (times[i] ?? at) }))
    .sort((one, other) => other.length - one.length);
}

const spanOf = ({ from, length }: Gap): string =>
  `no event between ${timeOf(from)} and ${timeOf(from + length)} (${lengthOf(length)})`;

function awaitedOf(
  { requestId, from }: NonNullable<TrailMemory["awaited"]>,
  found: LogRecord | undefined,
): Check {
  const name = "awaited";
  const which = `The event that an earlier run caused at ${timeOf(from + minute)} (request ${requestId ?? "unknown"})`;
  return found
    ? {
        name,
        result: "told",
        text: `${which} came late: ${lengthOf(found.delivered.at - found.at)} after it happened, as ${found.event_id} in ${found.delivered.key}`,
      }
    : { name, result: "bad", text: `${which} has still not been delivered.` };
}

function integrityOf(
  { versioning }: BucketSettings,
  { faults, unclear }: Integrity,
  gone: readonly string[],
): Check {
  const name = "integrity";
  const isVersioned = versioning === "VERSIONING_ENABLED";
  const found = [...faults, ...gone];
  if (found.length > 0)
    return {
      name,
      result: "bad",
      text: "Log objects were overwritten or deleted.",
      details: [...shortened(found), ...shortened(unclear)],
    };
  if (unclear.length > 0)
    return {
      name,
      result: "unknown",
      text: "Whether log objects were deleted by the bucket's lifecycle alone cannot be told.",
      details: shortened(unclear),
    };
  return isVersioned
    ? {
        name,
        result: "good",
        text: "No log object was overwritten or deleted, but for what the bucket's lifecycle did.",
      }
    : {
        name,
        result: "told",
        text: "Whether log objects were overwritten or deleted cannot be told: the bucket keeps no versions.",
      };
}
