import type { ObjectFetcher } from "../../../api/objectFetcher";
import { type ListedObject, listObjects } from "../../../api/objectList";
import { isUnit, type KeyUnit, unitPrefix } from "../keys";

/** Listing of a day or month. */
export interface Listing {
  /** Start of the listing by the service's clock, milliseconds since 1970; absent if its answer has no date. */
  readonly at?: number;
  readonly objects: readonly ListedObject[];
  /** Days of a listed month. */
  readonly days: readonly KeyUnit[];
  /** Keys, and prefixes of keys, that do not belong to log objects. */
  readonly foreign: readonly string[];
}

/** Lists the objects of a day, or the objects of a month that are in no day. @throws {CloudFailure} if a request fails. */
export async function listUnit(fetcher: ObjectFetcher, keyPrefix: string, unit: KeyUnit): Promise<Listing> {
  const prefix = unitPrefix(keyPrefix, unit);
  const isDay = unit.length > 7;
  const objects: ListedObject[] = [];
  const days: KeyUnit[] = [];
  const foreign: string[] = [];
  let at: number | undefined;
  for await (const page of listObjects(fetcher, prefix, { inFolder: true })) {
    at ??= page.at;
    // Some tools create an object for the folder itself.
    objects.push(...page.objects.filter(({ key }) => key !== prefix));
    for (const below of page.prefixes) {
      const day = `${unit}-${below.slice(prefix.length, -1)}`;
      if (!isDay && isUnit(day)) days.push(day);
      else foreign.push(below);
    }
  }
  return { at, objects, days, foreign };
}

/** Lists the months that have objects. @throws {CloudFailure} if a request fails. */
export async function listMonths(
  fetcher: ObjectFetcher,
  keyPrefix: string,
): Promise<{ readonly months: readonly KeyUnit[]; readonly foreign: readonly string[] }> {
  const months: KeyUnit[] = [];
  const foreign: string[] = [];
  const years: string[] = [];
  for await (const page of listObjects(fetcher, keyPrefix, { inFolder: true })) {
    foreign.push(...page.objects.map(({ key }) => key).filter((key) => key !== keyPrefix));
    for (const below of page.prefixes)
      (/^\d{4}\/$/.test(below.slice(keyPrefix.length)) ? years : foreign).push(below);
  }
  for (const year of years)
    for await (const page of listObjects(fetcher, year, { inFolder: true })) {
      foreign.push(...page.objects.map(({ key }) => key).filter((key) => key !== year));
      for (const below of page.prefixes) {
        const month = below.slice(keyPrefix.length, -1).replace("/", "-");
        if (isUnit(month)) months.push(month);
        else foreign.push(below);
      }
    }
  return { months, foreign };
}
