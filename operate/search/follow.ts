import { failureText, isCloudFailure } from "../../api/failures";
import { inert } from "../inert";
import { divide } from "../logs/fit";
import type { AuditEvent } from "../logs/record";
import { and } from "./conditions";
import { headingsOf, rowOf } from "./eventRow";
import { NewObjects } from "./newObjects";
import type { Query } from "./options";
import { outputs } from "./output";
import type { Place } from "./place";
import { predicateOf } from "./predicate";
import { type Around, recordText } from "./search";
import { expanded } from "./statements";

/** Milliseconds between two listings: a trail delivers each five minutes. */
const between = 30_000;
/** Event ids that are remembered to leave out copies. */
const remembered = 100_000;

/** What following has to do with. */
export interface FollowAround extends Around {
  /** Waits. @throws the reason of the signal when it is aborted. */
  pause(milliseconds: number): Promise<void>;
}

/**
 * Prints the events that match as they are delivered: those of log objects that appear after it began, or with `--since` from then
 * on. The signal alone ends it. Listings that fail are reported and tried again.
 *
 * @throws the signal's reason. @throws {CloudFailure} if the bucket cannot be listed at first.
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
  around.tell(`Following trail ${inert(source.trailId)}. Ctrl-C ends it.`);
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
      around.tell(`Listing failed, and is tried again: ${inert(failureText(error))}`);
    }
    await around.pause(between);
  }
}

/** A record as the table has it: what fits the description, and the rest. Nothing for what is no object. */
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

/** Ids of the latest events, to leave out copies. */
class Copies {
  private readonly ids = new Set<string>();

  /** Whether an event came before. It has come from now on. */
  has(id: string | undefined): boolean {
    if (id === undefined) return false;
    if (this.ids.has(id)) return true;
    this.ids.add(id);
    if (this.ids.size > remembered) this.ids.delete(this.ids.values().next().value ?? "");
    return false;
  }
}
