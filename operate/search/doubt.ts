import { collectionOfAll, type Doubt, doubtAbout } from "./collected";
import { wantedBy } from "./eventTypes";
import type { Query } from "./options";
import type { Place } from "./place";
import { conditionOf } from "./statements";

/** Returns a doubt if none of the trails collects some of the events that a query asks for. SQL is not checked. */
export function doubtOf(query: Query, places: readonly Place[]): Doubt | undefined {
  if (query.sql !== undefined) return undefined;
  return doubtAbout(
    wantedBy(conditionOf(query, places)),
    collectionOfAll(places.map((one) => one.collection)),
    places.length > 1,
  );
}
