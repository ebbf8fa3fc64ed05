import { dayLength, dayOf, type KeyUnit, monthOf, monthsIn, spanOf, touches } from "../keys";
import type { LogRange } from "../types";
import type { Manifest } from "./manifest";

/**
 * Longest time from an event to the day of its object, milliseconds. Trails try to deliver for 72 hours
 * (https://yandex.cloud/en/docs/audit-trails/concepts/trail), and the last attempt may end after midnight.
 */
const lateness = 4 * dayLength;

/** Range of key times that may hold the events of a range, milliseconds since 1970. Both ends are absent for everything. */
export interface Window {
  readonly from?: number;
  readonly to?: number;
}

/** Returns the window of a range. It ends at most a day from now, since clocks differ. */
export const windowOf = (range: LogRange, now: number): Window =>
  range === "all" ? {} : { from: range.from, to: Math.min(range.to + lateness, now + dayLength) };

/** Checks whether a day or month touches a window. */
export const isIn = ({ from, to }: Window, unit: KeyUnit): boolean =>
  from === undefined || to === undefined || touches(unit, from, to);

/** Returns the cached days and months of a window. */
export const unitsIn = (window: Window, manifest: Manifest): KeyUnit[] =>
  Object.keys(manifest.units)
    .filter((unit) => isIn(window, unit))
    .sort();

/** Returns the months of a window. For everything, returns the months in the manifest. */
export const monthsOf = ({ from, to }: Window, manifest: Manifest): KeyUnit[] =>
  from === undefined || to === undefined ? Object.keys(manifest.months).sort() : monthsIn(from, to);

/**
 * Returns the days and months of a window that the cache lacks (`missing`), or read before they were over (`stale`).
 *
 * @param isListed Returns true if this run listed a day or month.
 */
export function gapsOf(
  window: Window,
  manifest: Manifest,
  now: number,
  isListed: (unit: KeyUnit) => boolean,
): { readonly missing: readonly KeyUnit[]; readonly stale: readonly KeyUnit[] } {
  const missing = new Set<KeyUnit>();
  const stale = new Set<KeyUnit>();
  for (const month of monthsOf(window, manifest)) {
    const [begin, end] = spanOf(month);
    if (begin > now) continue;
    const known = manifest.months[month];
    if (!known) {
      missing.add(month);
      continue;
    }
    for (const unit of known.units.filter((one) => isIn(window, one))) {
      const cached = manifest.units[unit];
      if (!cached) missing.add(unit);
      else if (!cached.closed && !isListed(unit)) stale.add(unit);
    }
    if (known.closed || isListed(month)) continue;
    // New days may exist since the month was listed.
    const last = Math.min(end, now, window.to ?? now);
    for (let at = Math.max(begin, known.listedAt, window.from ?? begin); at < last; at = spanOf(dayOf(at))[1])
      if (!known.units.includes(dayOf(at)) && !known.units.includes(monthOf(at))) missing.add(dayOf(at));
  }
  return { missing: [...missing].sort(), stale: [...stale].sort() };
}
