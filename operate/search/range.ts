import { dayLength } from "../logs/keys";

const units: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: dayLength,
  w: 7 * dayLength,
};

/** Default length of the range, days. */
export const defaultDays = 7;

/** Invalid time. */
export class NoTime extends Error {}

/** Allowed forms of a time, for messages. */
export const timeForms =
  "a length such as 12h or 7d, a date such as 2026-03-01, or a time such as 2026-03-01T10:00:00Z";

/**
 * Parses a time of `--since` or `--until`. Returns milliseconds since 1970.
 *
 * @param now Milliseconds since 1970, the end of a length such as `7d`.
 * @param zone Time zone of dates and times without an offset.
 * @param isEnd True for the end of a range. A date then means the end of its day.
 * @throws {NoTime} for any other text.
 */
export function timeFrom(text: string, now: number, zone: string, isEnd = false): number {
  const [, count, unit = ""] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const length = units[unit];
  if (count !== undefined && length !== undefined) return now - Number(count) * length;
  const [, date = "", clock = "", offset] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const at = Date.parse(`${date}T${clock || "00:00"}${offset ?? "Z"}`);
  // Date.parse reads February 30 as March 2.
  if (Number.isNaN(at) || new Date(Date.parse(`${date}T00:00Z`)).toISOString().slice(0, 10) !== date)
    throw new NoTime(text);
  const begin = offset === undefined ? inZone(at, zone) : at;
  return clock === "" && isEnd ? inZone(at + dayLength, zone) : begin;
}

/** Returns the UTC time of a local time. @param shown Local time, as if it were UTC. */
function inZone(shown: number, zone: string): number {
  const guess = shown - offsetAt(shown, zone);
  // The offset may be another one at that time.
  return shown - offsetAt(guess, zone);
}

/** Returns the offset of a zone from UTC at a time, milliseconds. */
function offsetAt(time: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(
    time,
  );
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const [, sign, hours = "0", minutes = "0", seconds = "0"] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
  const length = Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000;
  return sign === "-" ? -length : length;
}

/** Checks whether a time zone exists. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
