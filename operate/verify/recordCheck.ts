import { type LogRecord, type Records, unreadLines } from "./auditRecords";
import { type Check, counted, lengthOf, minute, shortened, timeOf } from "./check";
import { late } from "./delivery";
import type { TrailMemory } from "./memory";

/** Period of the logs, and how they should be. */
interface RecordPeriod {
  /** Beginning, in milliseconds since 1970. */
  readonly from: number;
  /** Key of the bucket; undefined without encryption. */
  readonly keyId: string | undefined;
  /** Longest time without an event, in milliseconds. */
  readonly newestWithin?: number;
  /** Memory of the last run. */
  readonly memory?: TrailMemory;
}

/** Checks the logs of the period: delays, gaps and encryption. */
export function checkRecord(
  { records, objects, odd, unread }: Records,
  { from, keyId, newestWithin, memory }: RecordPeriod,
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
          `The longest time without an event: ${spanOf(longest)}. Either nothing happened then, or events are missing.`,
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
      text: `${text}. Other objects are invalid or cannot be read.`,
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
