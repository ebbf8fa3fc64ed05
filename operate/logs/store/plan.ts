import { each } from "../../../api/each";
import type { ObjectFetcher } from "../../../api/objectFetcher";
import { type ListedObject, listObjects } from "../../../api/objectList";
import { dayLength, type KeyUnit, monthOf, spanOf, unitPrefix } from "../keys";
import type { Cache } from "./cache";
import { type Listing, listMonths, listUnit } from "./listing";
import type { CachedObject } from "./manifest";
import { isIn, monthsOf, type Window } from "./window";

/** Milliseconds after the end of a day until it is closed. Trails put objects every five minutes, so none follows later. */
const closesAfter = 3_600_000;

/** Work for a day or month. */
export interface UnitWork {
  readonly unit: KeyUnit;
  /** Cached objects, with their changes in the bucket. */
  readonly known: readonly CachedObject[];
  /** Objects to read. */
  readonly fresh: readonly ListedObject[];
  /** True if the day or month is closed after this work. */
  readonly closes: boolean;
  /** True if the day or month was closed before this work. Its fresh objects then appeared after it was closed. */
  readonly wasClosed: boolean;
  /** True if the cache is up to date: there is nothing to do. */
  readonly isSame: boolean;
}

/** Work for a window. */
export interface Plan {
  readonly work: readonly UnitWork[];
  /** Days and months that were listed. */
  readonly listed: ReadonlySet<KeyUnit>;
  /** Start of the first listing by the service's clock, milliseconds since 1970; absent if its answer has no date. */
  readonly at?: number;
}

interface PlanOptions {
  readonly recheck: boolean;
  readonly largestObject: number;
  /** Time of this machine, milliseconds since 1970. It counts if the service returns none. */
  readonly now: number;
  readonly onListed: (done: number, total: number) => void;
}

/**
 * Lists the days and months of a window that may have changed, and records the existing days in the manifest. It makes at least one
 * request, as a test of access.
 *
 * @throws {CloudFailure} if a request fails.
 */
export async function makePlan(
  cache: Cache,
  fetcher: ObjectFetcher,
  window: Window,
  { recheck, largestObject, now, onListed }: PlanOptions,
): Promise<Plan> {
  const { manifest } = cache;
  const { keyPrefix } = manifest;
  const listings = new Map<KeyUnit, Listing>();
  let [done, total] = [0, 0];
  let first: number | undefined;
  const list = async (unit: KeyUnit): Promise<Listing> => {
    const listing = await listUnit(fetcher, keyPrefix, unit);
    listings.set(unit, listing);
    first ??= listing.at;
    done += 1;
    onListed(done, total);
    return listing;
  };
  let months = monthsOf(window, manifest).filter((month) => spanOf(month)[0] < now + dayLength);
  if (window.from === undefined) {
    const found = await listMonths(fetcher, keyPrefix);
    manifest.foreign = [...found.foreign];
    months = [...new Set([...months, ...found.months])];
  }
  const openMonths = months.filter((month) => recheck || !manifest.months[month]?.closed);
  total = openMonths.length;
  await each(openMonths, async (month) => {
    const { at = now, days, objects, foreign: others } = await list(month);
    const known = manifest.months[month]?.units ?? [];
    const units = [...new Set([...known, ...days, ...(objects.length > 0 ? [month] : [])])].sort();
    const closed = at > spanOf(month)[1] + closesAfter;
    manifest.months[month] = { closed, listedAt: at, units, foreign: [...others] };
  });
  const units = months
    .flatMap((month) => manifest.months[month]?.units ?? [])
    .filter((unit) => isIn(window, unit) && (recheck || !manifest.units[unit]?.closed));
  total += units.filter((unit) => !listings.has(unit)).length;
  const work: UnitWork[] = [];
  await each(units, async (unit) => {
    const listing = listings.get(unit) ?? (await list(unit));
    work.push(await compare(cache, unit, listing, { now, largestObject }));
  });
  if (listings.size === 0)
    for await (const page of listObjects(fetcher, unitPrefix(keyPrefix, monthOf(now)), { inFolder: true })) {
      first = page.at;
      break;
    }
  const inOrder = work.sort((one, other) => (one.unit < other.unit ? -1 : 1));
  return { work: inOrder, listed: new Set(listings.keys()), ...(first !== undefined && { at: first }) };
}

/** Compares a listing with the cached objects. */
async function compare(
  cache: Cache,
  unit: KeyUnit,
  { at, objects, foreign }: Listing,
  { now, largestObject }: Pick<PlanOptions, "now" | "largestObject">,
): Promise<UnitWork> {
  const before = await cache.objectsOf(unit);
  const wasClosed = cache.manifest.units[unit]?.closed ?? false;
  const byKey = new Map(before.filter((object) => !object.foreign).map((object) => [object.key, object]));
  const { length } = cache.manifest.keyPrefix;
  const fresh: ListedObject[] = [];
  const known: CachedObject[] = [];
  for (const object of objects) {
    const key = object.key.slice(length);
    const cached = byKey.get(key);
    byKey.delete(key);
    if (!cached || (cached.skipped && object.size <= largestObject)) fresh.push(object);
    else if (cached.etag !== object.etag || cached.size !== object.size)
      known.push({ ...cached, since: "changed" });
    else if (cached.since === "gone") known.push({ ...cached, since: undefined });
    else known.push(cached);
  }
  for (const cached of byKey.values()) known.push({ ...cached, since: "gone" });
  // The foreign keys of a month are in `manifest.months` already.
  if (unit !== monthOf(unit))
    for (const key of foreign) known.push({ key: key.slice(length), size: 0, etag: "", foreign: true });
  const closes = (at ?? now) > spanOf(unit)[1] + closesAfter;
  const sinceOf = (list: readonly CachedObject[]) => list.map(({ key, since }) => `${key} ${since}`).sort();
  const isSame =
    cache.manifest.units[unit] !== undefined &&
    fresh.length === 0 &&
    closes === wasClosed &&
    String(sinceOf(known)) === String(sinceOf(before));
  return { unit, known, fresh, closes, wasClosed, isSame };
}
