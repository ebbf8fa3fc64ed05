import { failureText, isCloudFailure } from "../../api/failures";
import { divide } from "../logs/fit";
import type { AuditEvent } from "../logs/record";
import type { Around } from "./around";
import type { RecordPlace } from "./eventRow";
import { NewObjects } from "./newObjects";
import type { Place } from "./place";
import { timeOf } from "./predicate";
import { trailFailureText } from "./trailFailure";

/** Event that was delivered. */
export interface NewEvent {
  readonly place: RecordPlace;
  /** Text of the record. */
  readonly record: string;
  /** Members that fit the table. */
  readonly event: AuditEvent;
  /** Text of the members that the table does not have. */
  readonly rest?: string;
  /** Time of the event, milliseconds since 1970; infinite if it is unknown. */
  readonly time: number;
}

/** Reader of the new events of a trail. */
export class NewEvents implements Disposable {
  private failure: string | undefined;

  private constructor(
    private readonly place: Place,
    private readonly objects: NewObjects,
    private readonly around: Around,
  ) {}

  /** @param from Time from which events are read, milliseconds since 1970. @default the first listing */
  static async open(place: Place, around: Around, from?: number): Promise<NewEvents> {
    if (!place.cloud) throw new RangeError("Following needs the cloud.");
    return new NewEvents(place, await NewObjects.open(place.source, place.cloud, around, from), around);
  }

  /** Lists the bucket for the first time. @throws {CloudFailure} if that fails. */
  async begin(): Promise<void> {
    await this.objects.begin();
  }

  /**
   * Yields the events that were delivered since the last call. Log objects come in the order of their keys, and the events of one in
   * the order of time. A failed listing is reported, and the next call tries it again.
   */
  async *next(): AsyncGenerator<NewEvent> {
    try {
      for await (const { key, records } of this.objects.next())
        yield* records
          .flatMap((record, position) => parsed(record, { ...this.recordPlace, object: key, position }))
          .sort((one, other) => inOrder(one.time, other.time));
      this.failure = undefined;
    } catch (error) {
      if (!isCloudFailure(error) || this.around.signal.aborted) throw error;
      this.reportFailure(error);
    }
  }

  /** Reports a failed listing, unless the last one failed for the same reason. */
  reportFailure(error: unknown): void {
    const failure = failureText(error).replace(/ \(request .*/, "");
    if (failure === this.failure) return;
    this.failure = failure;
    const missed = this.objects.skipsFirst ? " Events that are delivered until then are not printed." : "";
    this.around.report(`${trailFailureText(this.place, error)} search tries again.${missed}`);
  }

  private get recordPlace(): Pick<RecordPlace, "trail_id"> {
    return { trail_id: this.place.source.trailId };
  }

  [Symbol.dispose](): void {
    this.objects[Symbol.dispose]();
  }
}

/** Parses a record. Returns none for an invalid one. */
function parsed(record: string, place: RecordPlace): NewEvent[] {
  if (!record.startsWith("{")) return [];
  try {
    const { fit, rest } = divide(record);
    const event = JSON.parse(fit) as AuditEvent;
    const time = timeOf(event.event_time) ?? Number.POSITIVE_INFINITY;
    return [{ place, record, event, time, ...(rest !== undefined && { rest }) }];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}

const inOrder = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);

/**
 * Merges the new events of several trails. The oldest of the next events of all trails comes first. The events of a trail keep their
 * order, so that only one log object of each trail is in memory.
 */
export async function* merged(trails: readonly NewEvents[]): AsyncGenerator<NewEvent> {
  const readers = trails.map((trail) => trail.next());
  const heads = await Promise.all(readers.map((reader) => reader.next()));
  for (;;) {
    const [first] = heads
      .flatMap(({ done, value }, trail) => (done ? [] : [{ event: value as NewEvent, trail }]))
      .sort((one, other) => inOrder(one.event.time, other.event.time));
    if (!first) return;
    heads[first.trail] = (await readers[first.trail]?.next()) ?? { done: true, value: undefined };
    yield first.event;
  }
}
