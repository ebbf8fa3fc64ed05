import { failureText, isCloudFailure } from "../../api/failures";
import { inert } from "../inert";
import { divide } from "../logs/fit";
import type { AuditEvent } from "../logs/record";
import type { Around } from "./around";
import { and } from "./conditions";
import { headingsOf, rowOf } from "./eventRow";
import { NewObjects } from "./newObjects";
import type { Query } from "./options";
import { outputs } from "./output";
import type { Place } from "./place";
import { predicateOf } from "./predicate";
import { recordText } from "./rawOutput";
import { expanded } from "./statements";

/** Milliseconds between two listings. A trail delivers every five minutes. */
const between = 30_000;
/** Number of event ids that are remembered to skip copies. */
const remembered = 100_000;

/** Surroundings of {@link follow}. */
export interface FollowAround extends Around {
  /** Waits. @throws the signal's reason when it is aborted. */
  pause(milliseconds: number): Promise<void>;
}

/**
 * Prints matching events as they are delivered, until the signal. It reads log objects that appear after its start; with `--since`
 * it begins there. Failed listings are reported and tried again.
 *
 * @throws the signal's reason. @throws {CloudFailure} if the first listing fails.
 */
export async function follow(query: Query, place: Place, around: FollowAround): Promise<never> {
  const { cloud, source } = place;
  if (!cloud) throw new RangeError("Following needs the cloud.");
  const { range, isDefaultRange, isRaw } = query;
  const from = range === "all" || isDefaultRange ? undefined : range.from;
  const condition = query.condition(place.logging);
  const holds = predicateOf(
    from === undefined ? condition : and({ is: "within", from, to: Number.MAX_SAFE_INTEGER }, condition),
  );
  const names = expanded(query.columns);
  const output = outputs[query.format](headingsOf(names), query.timeZone, around.out);
  const copies = new Copies();
  using objects = await NewObjects.open(source, cloud, around);
  if (from === undefined) await objects.skip();
  around.report(`Following trail ${inert(source.trailId)}. Ctrl-C ends it.`);
  for (;;) {
    try {
      for await (const { key, records } of objects.next(from))
        for (const [position, record] of records.entries()) {
          const { event, rest } = parsed(record);
          if (!event || !holds(event, rest) || copies.has(event.event_id)) continue;
          if (isRaw) await around.out.write(recordText(record, around.out));
          else await output.row(rowOf(names, event, { object: key, position }));
        }
      await output.end();
    } catch (error) {
      if (!isCloudFailure(error) || around.signal.aborted) throw error;
      around.report(`Listing the bucket failed and is tried again: ${inert(failureText(error))}`);
    }
    await around.pause(between);
  }
}

/** Parses a record into the part that fits the table, and the rest. Returns an empty object for an invalid record. */
function parsed(record: string): { readonly event?: AuditEvent; readonly rest?: string } {
  if (!record.startsWith("{")) return {};
  try {
    const { fit, rest } = divide(record);
    return { event: JSON.parse(fit), rest };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}

/** Ids of the latest events, to skip copies. */
class Copies {
  private readonly ids = new Set<string>();

  /** Checks whether an event id came before, and remembers it. */
  has(id: string | undefined): boolean {
    if (id === undefined) return false;
    if (this.ids.has(id)) return true;
    this.ids.add(id);
    if (this.ids.size > remembered) this.ids.delete(this.ids.values().next().value ?? "");
    return false;
  }
}
