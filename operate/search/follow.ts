import { isCloudFailure } from "../../api/failures";
import { inert } from "../inert";
import type { Around } from "./around";
import { collectionText } from "./collected";
import { and } from "./conditions";
import { doubtOf } from "./doubt";
import { headingsOf, rowOf } from "./eventRow";
import { KnownCopies } from "./knownCopies";
import { merged, NewEvents } from "./newEvents";
import type { Query } from "./options";
import { outputs } from "./output";
import type { Place } from "./place";
import { predicateOf } from "./predicate";
import { recordText } from "./rawOutput";
import { conditionOf, expanded } from "./statements";

/** Milliseconds between two listings. A trail delivers every five minutes. */
const between = 30_000;

/** Output, reports, signal, clock and pause of {@link follow}. */
export interface FollowAround extends Around {
  /** Waits. @throws the signal's reason when it is aborted. */
  pause(milliseconds: number): Promise<void>;
}

/**
 * Prints matching events of all trails as they are delivered, until the signal. It reads log objects that appear after its start; with
 * `--since` it begins there. Failed listings are reported and tried again.
 *
 * @throws the signal's reason. @throws {CloudFailure} if the first listings of all trails fail.
 */
export async function follow(query: Query, places: readonly Place[], around: FollowAround): Promise<never> {
  const { range, isDefaultRange, isRaw } = query;
  const from = range === "all" || isDefaultRange ? undefined : range.from;
  const condition = conditionOf(query, places);
  const holds = predicateOf(
    from === undefined ? condition : and({ is: "within", from, to: Number.MAX_SAFE_INTEGER }, condition),
  );
  const names = expanded(query.columns);
  const output = outputs[query.format](headingsOf(names), query.timeZone, around.out);
  const copies = new KnownCopies();
  using trails = new Trails();
  for (const place of places) trails.all.push(await NewEvents.open(place, around, from));
  reportTrails(query, places, around);
  await beginAll(trails.all, around);
  around.report(
    `Following ${places.map(({ trail }) => `trail ${inert(trail)}`).join(", ")}. Ctrl-C ends it.`,
  );
  for (;;) {
    for await (const { event, rest, record, place } of merged(trails.all)) {
      if (!holds(event, rest)) continue;
      const copy = copies.note(event, rest);
      if (copy === "equal") continue;
      if (copy === "different")
        around.report(
          `Event ${inert(event.event_id ?? "")} was delivered in different copies. This one is in ${inert(place.object)}.`,
        );
      if (isRaw) await around.out.write(recordText(record, around.out));
      else await output.row(rowOf(names, event, place));
    }
    await output.end();
    await around.pause(between);
  }
}

/** Reports what the trails collect, and a doubt about events that none of them collects. */
function reportTrails(query: Query, places: readonly Place[], { report }: Around): void {
  for (const { trail, notes, collection } of places) {
    if (places.length > 1) report(`Trail ${inert(trail)}:`);
    for (const line of [...notes, collectionText(collection)]) report(line);
  }
  const doubt = doubtOf(query, places);
  if (doubt) report(doubt.text);
}

/** Lists the buckets of all trails for the first time. @throws {CloudFailure} if all listings fail. */
async function beginAll(trails: readonly NewEvents[], { signal }: Around): Promise<void> {
  const failures: { readonly trail: NewEvents; readonly error: unknown }[] = [];
  for (const trail of trails)
    try {
      await trail.begin();
    } catch (error) {
      if (!isCloudFailure(error) || signal.aborted) throw error;
      failures.push({ trail, error });
    }
  if (failures.length === trails.length) throw failures[0]?.error;
  for (const { trail, error } of failures) trail.reportFailure(error);
}

/** Trails that are closed together. */
class Trails implements Disposable {
  readonly all: NewEvents[] = [];

  [Symbol.dispose](): void {
    for (const trail of this.all) trail[Symbol.dispose]();
  }
}
