import { type BucketSettings, keyIdOf } from "../../api/bucketSettings";
import type { CloudApi } from "../../api/connection";
import { failureText, isCloudFailure, unlessCloudFails } from "../../api/failures";
import { ObjectReader, type Version } from "../../api/objects";
import { type LogRecord, readRecords } from "./auditRecords";
import { checkChanges, makerOf } from "./changes";
import { type Check, day, lengthOf, minute, timeOf } from "./check";
import { isAwaited } from "./delivery";
import { checkIntegrity } from "./integrityCheck";
import type { TrailMemory } from "./memory";
import { checkNewest, type ServiceClock } from "./newest";
import { checkRecord } from "./recordCheck";
import { remember } from "./seen";
import { placeOf, type TrailTarget } from "./target";

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
  /** Memory for the next run; absent if this run could not read the logs. */
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
      checkRecord(records, { from, keyId, ...options }),
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
        text: `${which} was delivered late: ${lengthOf(found.delivered.at - found.at)} after it happened, as ${found.event_id} in ${found.delivered.key}`,
      }
    : { name, result: "bad", text: `${which} has still not been delivered.` };
}
