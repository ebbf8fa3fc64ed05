import { dayLength } from "../logs/keys";

const units: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: dayLength,
  w: 7 * dayLength,
};

/** Length of the range where none is given. */
export const defaultDays = 7;

/** Text that is no time. */
export class NoTime extends Error {}

/** What a time may be, for messages. */
export const timeForms =
  "a length such as 12h or 7d, a date such as 2026-03-01, or a time such as 2026-03-01T10:00:00Z";

/**
 * Returns the time that a text stands for, milliseconds since 1970.
 *
 * @param zone Time zone of dates and times that name none.
 * @param isEnd Whether it ends a range: a date then counts whole.
 * @throws {NoTime}
 */
export function timeFrom(text: string, now: number, zone: string, isEnd = false): number {
  const [, count, unit = ""] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const length = units[unit];
  if (count !== undefined && length !== undefined) return now - Number(count) * length;
  const [, date = "", clock = "", offset] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  const at = Date.parse(`${date}T${clock || "00:00"}${offset ?? "Z"}`);
  // February 30 is read as March 2.
  if (Number.isNaN(at) || new Date(Date.parse(`${date}T00:00Z`)).toISOString().slice(0, 10) !== date)
    throw new NoTime(text);
  const begin = offset === undefined ? inZone(at, zone) : at;
  return clock === "" && isEnd ? inZone(at + dayLength, zone) : begin;
}

/** The time at which a clock of a zone shows what a UTC clock shows at another time. */
function inZone(shown: number, zone: string): number {
  const guess = shown - offsetAt(shown, zone);
  // Another offset may hold there.
  return shown - offsetAt(guess, zone);
}

/** Milliseconds by which the clocks of a zone are ahead of UTC. */
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

/** Whether a name is one of a time zone. */
export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
