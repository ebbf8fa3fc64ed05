import { type KeyUnit, spanOf, unitOf } from "../keys";
import type { Coverage, LogRange } from "../types";
import type { Cache } from "./cache";
import type { Filled } from "./fill";
import { gapsOf, isIn, monthsOf, unitsIn, type Window } from "./window";

/** Returns the coverage of an answer. @param filled Result of this run's reading; undefined if it read nothing. */
export async function coverageOf(
  cache: Cache,
  range: LogRange,
  window: Window,
  filled: Filled | undefined,
  now: number,
): Promise<Coverage> {
  const { manifest } = cache;
  const { keyPrefix } = manifest;
  const units = unitsIn(window, manifest);
  const sum = (of: "objects" | "events") =>
    units.reduce((total, unit) => total + (manifest.units[unit]?.[of] ?? 0), 0);
  const reported = (
    await Promise.all(
      units.filter((unit) => manifest.units[unit]?.reports).map((unit) => cache.objectsOf(unit)),
    )
  )
    .flat()
    .map((object) => ({ ...object, key: keyPrefix + object.key }));
  const became = (what: "added" | "changed" | "gone") =>
    reported.filter(({ since }) => since === what).map(({ key }) => key);
  const faults = reported.flatMap(({ key, fault }) => (fault === undefined ? [] : [{ key, text: fault }]));
  const { missing, stale } = gapsOf(window, manifest, now, (unit) => filled?.listed.has(unit) ?? false);
  const unread = filled?.unread.map(({ key, text }) => ({ key, text })) ?? [];
  const changed = became("changed");
  const touchesWindow = (key: string): boolean => {
    const unit = unitOf(key);
    return unit === undefined || isIn(window, unit);
  };
  return {
    ...spanOfRange(range, units),
    objects: sum("objects"),
    events: sum("events"),
    fetched: filled?.fetched ?? { objects: 0, bytes: 0, keys: [] },
    ...{ unread, faults, missing, stale, changed },
    foreign: [
      ...(range === "all" ? manifest.foreign : []),
      ...monthsOf(window, manifest).flatMap((month) => manifest.months[month]?.foreign ?? []),
      ...reported.filter(({ foreign }) => foreign).map(({ key }) => key),
    ],
    added: became("added"),
    gone: became("gone"),
    conflicts: manifest.conflicts.filter(({ objects }) => objects.some(touchesWindow)),
    ...(filled?.at !== undefined && { clockLag: filled.at - now }),
    ...(cache.filledBy !== undefined && { filledBy: cache.filledBy }),
    isWhole: [unread, faults, missing, stale, changed].every(({ length }) => length === 0),
  };
}

function spanOfRange(range: LogRange, units: readonly KeyUnit[]): Pick<Coverage, "from" | "to"> {
  if (range !== "all") return range;
  const [first, last] = [units[0], units.at(-1)];
  return first === undefined || last === undefined ? {} : { from: spanOf(first)[0], to: spanOf(last)[1] };
}
