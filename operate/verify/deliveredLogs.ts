import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { failureText, isCloudFailure, unlessCloudFails } from "../../api/failures";
import { ObjectReader, type Version } from "../../api/objects";
import { type LogRecord, type Records, readRecords, unreadLines } from "./auditRecords";
import { checkChanges, makerOf } from "./changes";
import { type Check, counted, day, lengthOf, minute, shortened, timeOf } from "./check";
import { isAwaited, late } from "./delivery";
import { type Integrity, tampered } from "./integrity";
import type { TrailMemory } from "./memory";
import { checkNewest, type ServiceClock } from "./newest";
import { goneSince, remember } from "./seen";
import type { TrailTarget } from "./target";

/** Options for the check of delivered logs. */
export interface LogOptions {
  readonly deployers: readonly string[];
  /** Longest time without a log object, in milliseconds. */
  readonly newestWithin?: number;
  /** Memory of the last run. */
  readonly memory?: TrailMemory;
}

export interface LogChecks {
  readonly checks: readonly Check[];
  /** Memory for the next run, if this one could read the logs. */
  readonly memory?: TrailMemory;
}

const names = ["newest", "record", "integrity", "changes"] as const;

/**
 * Checks the logs that the trail has delivered since the last run, or in the last day if there was none.
 *
 * @param machineNow Returns the machine's time in milliseconds since 1970.
 */
export async function checkDeliveredLogs(
  target: TrailTarget,
  settings: BucketSettings,
  machineNow: () => number,
  options: LogOptions,
  cloud: CloudApi,
): Promise<LogChecks> {
  using reader = await ObjectReader.open(target.bucketName, cloud);
  let versions: ReadonlyMap<string, readonly Version[]>;
  try {
    versions = await reader.versions(target.keyPrefix);
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    const text = `The log objects in bucket ${target.bucketName} cannot be read: ${failureText(error)}`;
    return { checks: names.map((name) => ({ name, result: "unknown", text })) };
  }
  const { memory } = options;
  const clock = await serviceClock(reader, machineNow);
  const all = [...versions.values()].flat();
  const from = memory?.through ?? clock.now - day;
  const last = new Set(memory?.last);
  const isSince = (version: Version) => version.at >= from && !last.has(nameOf(version));
  const records = await readRecords(
    reader,
    all.filter((version) => !version.isDeleteMarker && isSince(version)),
  );
  const keyId = keyIdOf(settings);
  const maker =
    memory?.maker ??
    makerOf(records.records, target.trailId) ??
    makerOf(await firstRecords(reader, all), target.trailId);
  const through = all.reduce((newest, { at }) => Math.max(newest, at), from);
  const found = records.records.find(
    (one) => memory?.awaited && isAwaited(memory.awaited, target.accountId, one),
  );
  const belongings = { target, keyId, containers: containersOf(target, settings) };
  return {
    checks: [
      await checkNewest(versions, records, target.accountId, clock, options.newestWithin, reader),
      recordOf(records, { from, keyId, ...options }),
      ...(memory?.awaited ? [awaitedOf(memory.awaited, found)] : []),
      checkIntegrity(versions, records.records, target, settings, {
        ...{ from, now: clock.now, memory },
        isNew: memory ? isSince : () => true,
      }),
      checkChanges(records.records, belongings, options.deployers, maker),
    ],
    memory: {
      ...{ through, maker },
      lastEvent: records.records.at(-1)?.at ?? memory?.lastEvent,
      last: all.filter(({ at }) => at === through).map(nameOf),
      seen: remember(placeOf(target), versions, settings.lifecycleRules ?? []),
      awaited: found ? undefined : memory?.awaited,
    },
  };
}

async function serviceClock(reader: ObjectReader, machineNow: () => number): Promise<ServiceClock> {
  const time = await unlessCloudFails(reader.time(), () => undefined);
  return time === undefined ? { now: machineNow() } : { now: time, behind: time - machineNow() };
}

const containersOf = (target: TrailTarget, { folderId }: BucketSettings): ReadonlySet<string> =>
  new Set([
    target.folderId,
    folderId,
    ...target.collected.flatMap(({ scope }) => scope?.split(" ")[1] ?? []),
  ]);

/** Reads the first log objects that still exist. The first event of a trail is its creation. */
async function firstRecords(reader: ObjectReader, all: readonly Version[]): Promise<readonly LogRecord[]> {
  const first = all
    .filter(({ isDeleteMarker }) => !isDeleteMarker)
    .sort((one, other) => one.at - other.at)
    .slice(0, 3);
  return (await readRecords(reader, first)).records;
}

const nameOf = ({ key, versionId }: Version): string => `${key} ${versionId}`;

const placeOf = ({ bucketName, keyPrefix }: TrailTarget): string => `${bucketName}/${keyPrefix}`;

/** Period of the integrity check, with the memory of an earlier run. */
interface Period {
  readonly from: number;
  readonly now: number;
  readonly memory: TrailMemory | undefined;
  isNew(version: Version): boolean;
}

/** Checks whether log objects were overwritten, deleted or written by others. */
function checkIntegrity(
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

/** Checks the logs of the period: delays, gaps and encryption. */
function recordOf(
  { records, objects, odd, unread }: Records,
  {
    from,
    keyId,
    newestWithin,
    memory,
  }: LogOptions & { readonly from: number; readonly keyId: string | undefined },
): Check {
  const name = "record";
  const noLogs = new Set(odd.filter(({ isWhole }) => isWhole).map(({ version }) => version));
  const logs = objects.filter(({ version }) => !noLogs.has(version));
  const text = `${counted(logs.length, "log object")} with ${counted(records.length, "event")} since ${timeOf(from)}`;
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
  const unclear = [
    ...shortened(odd.map(({ version, text: how }) => `${version.key} ${how}.`)),
    ...unreadLines(unread),
  ];
  const lag = records.reduce((longest, { at, delivered }) => Math.max(longest, delivered.at - at), 0);
  const longest = gaps[0];
  const facts = [
    ...(records.length > 0
      ? [
          `The longest delay between an event and its delivery: ${lengthOf(lag)}${lag > late ? ", which is late" : ""}.`,
        ]
      : []),
    ...(longest && longest.length >= minute && long.length === 0
      ? [
          `The longest time without an event: ${spanOf(longest)}. The log does not show whether nothing happened then.`,
        ]
      : []),
  ];
  if (faults.length > 0)
    return {
      name,
      result: "bad",
      text: `${text} have faults.`,
      details: [...faults, ...unclear, ...facts],
    };
  if (unclear.length > 0)
    return {
      name,
      result: "unknown",
      text: `${text}. Others are odd or cannot be read.`,
      details: [...unclear, ...facts],
    };
  return {
    name,
    result: "info",
    text: `${text}${keyId && objects.length > 0 ? `, each object encrypted with key ${keyId}` : ""}.`,
    details: facts,
  };
}

interface Gap {
  readonly from: number;
  readonly length: number;
}

/** Returns the gaps between events, longest first. */
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
        result: "info",
        text: `${which} came late: ${lengthOf(found.delivered.at - found.at)} after it happened, as ${found.event_id} in ${found.delivered.key}`,
      }
    : { name, result: "bad", text: `${which} has still not been delivered.` };
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
          ? "No log object that the last run saw was overwritten or deleted. For newer ones it is unknown: the bucket keeps no versions."
          : "It is unknown whether log objects were overwritten or deleted: the bucket keeps no versions. A second run with --since detects it.",
      };
}
