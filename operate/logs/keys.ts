/**
 * Day (`yyyy-mm-dd`) or month (`yyyy-mm`) in the keys of log objects, in UTC. Trails put objects under days. Older trails put them
 * under months: https://yandex.cloud/en/docs/audit-trails/concepts/format
 */
export type KeyUnit = string;

/** Milliseconds of a day. */
export const dayLength = 86_400_000;

/** Returns the day or month in a key `…/<yyyy>/<mm>/[<dd>/]<file>`; undefined for a key of another form. */
export function unitOf(key: string): KeyUnit | undefined {
  const [, year, month, date] = /(?:^|\/)(\d{4})\/(\d\d)\/(?:(\d\d)\/)?[^/]+$/.exec(key) ?? [];
  if (!year || !month) return undefined;
  const unit = [year, month, ...(date ? [date] : [])].join("-");
  return isUnit(unit) ? unit : undefined;
}

/** Checks whether a text is a valid day or month. */
export const isUnit = (text: string): boolean => {
  if (!/^\d{4}-\d\d(-\d\d)?$/.test(text)) return false;
  const from = Date.parse(`${text.length === 7 ? `${text}-01` : text}T00:00:00Z`);
  // Date.parse reads February 30 as March 2.
  return !Number.isNaN(from) && new Date(from).toISOString().startsWith(text);
};

/** Returns the start and the end (excluded) of a day or month, milliseconds since 1970. */
export function spanOf(unit: KeyUnit): readonly [from: number, to: number] {
  const [year = 0, month = 1, date] = unit.split("-").map(Number);
  const from = Date.UTC(year, month - 1, date ?? 1);
  return [from, date === undefined ? Date.UTC(year, month, 1) : from + dayLength];
}

/** Returns the prefix of the keys of a day or month. @param keyPrefix Result of `objectKeyPrefixOf`. */
export const unitPrefix = (keyPrefix: string, unit: KeyUnit): string =>
  `${keyPrefix}${unit.replaceAll("-", "/")}/`;

/** Returns the day of a time. @param at Milliseconds since 1970. */
export const dayOf = (at: number): KeyUnit => new Date(at).toISOString().slice(0, 10);

/** Returns the month of a time, a day or a month. */
export const monthOf = (of: number | KeyUnit): KeyUnit =>
  (typeof of === "number" ? dayOf(of) : of).slice(0, 7);

/** Returns the months that a range touches, in order. @param to Milliseconds since 1970, excluded. */
export function monthsIn(from: number, to: number): KeyUnit[] {
  const months: KeyUnit[] = [];
  for (let at = spanOf(monthOf(from))[0]; at < to; at = spanOf(monthOf(at))[1]) months.push(monthOf(at));
  return months;
}

/** Checks whether a day or month touches a range. @param to Milliseconds since 1970, excluded. */
export function touches(unit: KeyUnit, from: number, to: number): boolean {
  const [begin, end] = spanOf(unit);
  return begin < to && end > from;
}
