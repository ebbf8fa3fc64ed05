import { CloudFailure, isCloudFailure } from "../../api/failures";
import { UsageError } from "../exitCodes";
import { inert } from "../inert";
import { type Asked, type EventTable, type Logs, NotAgreed, openLogs, openTable } from "../logs";
import type { Around } from "./around";
import { collectionText } from "./collected";
import { clockText, conflictLines, coverageLines, searchedText, sizeText } from "./coverageText";
import type { Query } from "./options";
import type { Place } from "./place";
import { isAgreed, ProgressLine } from "./terminal";
import { trailFailureText } from "./trailFailure";

/** Open logs of the trails of a search, with one table over all of them. */
export class OpenTrails implements AsyncDisposable {
  private readonly logs = new Map<string, Logs>();
  private table: EventTable | undefined;
  private failed = 0;
  private clock: string | undefined;

  private constructor() {}

  /**
   * Opens the logs of all trails, and reports what they cover. If the bucket of one of several trails cannot be listed, the others
   * are searched.
   *
   * @throws {CloudFailure} if no bucket can be listed. @throws {UsageError} if the user declines a large download.
   */
  static async open(query: Query, places: readonly Place[], around: Around): Promise<OpenTrails> {
    const trails = new OpenTrails();
    try {
      for (const place of places) await trails.add(query, place, places.length > 1, around);
      if (trails.logs.size === 0) throw new CloudFailure("No trail of the stack can be searched.");
      return trails;
    } catch (error) {
      await trails[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** True if the whole range of all trails is searched. */
  get isWhole(): boolean {
    return (
      this.failed === 0 &&
      this.clock === undefined &&
      [...this.logs.values()].every(({ coverage }) => coverage.isWhole)
    );
  }

  /**
   * Opens the table for the asked events, and reports copies that differ. It is closed with the trails.
   *
   * @throws {QueryFailure} if comparing the copies fails.
   */
  async openTable(
    asked: Asked,
    timeout: number | undefined,
    { signal, report }: Around,
  ): Promise<EventTable> {
    const table = await openTable([...this.logs.values()], asked, { signal, timeout });
    this.table = table;
    for (const line of conflictLines(table.conflicts)) report(line);
    return table;
  }

  /** Returns the text of a record of a trail, as it was delivered. @throws {CloudFailure} as {@link Logs.raw}. */
  raw(trailId: string, object: string, position: number): Promise<string> {
    const logs = this.logs.get(trailId);
    if (!logs) throw new RangeError(`Trail ${trailId} is not open.`);
    return logs.raw(object, position);
  }

  private async add(query: Query, place: Place, isOneOfSeveral: boolean, around: Around): Promise<void> {
    const { report, signal } = around;
    if (isOneOfSeveral) report(`Trail ${inert(place.trail)}:`);
    for (const note of [...place.notes, collectionText(place.collection)]) report(note);
    try {
      const logs = await logsOf(query, place, around);
      this.logs.set(place.source.trailId, logs);
      for (const line of [searchedText(logs.coverage), ...coverageLines(logs.coverage)]) report(line);
      const clock = clockText(logs.coverage, query);
      if (clock && !this.clock) report(clock);
      this.clock ??= clock;
    } catch (error) {
      if (!isOneOfSeveral || !isCloudFailure(error) || signal.aborted) throw error;
      this.failed += 1;
      report(
        `${trailFailureText(place, error)} Events of this trail are missing in the answer. ` +
          "To search them too, run the command again when its bucket can be listed.",
      );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.table?.[Symbol.asyncDispose]();
    for (const logs of this.logs.values()) await logs.close();
  }
}

async function logsOf(
  query: Query,
  { source, cloud }: Place,
  { signal, now, report }: Around,
): Promise<Logs> {
  using progress = new ProgressLine(process.stderr);
  try {
    return await openLogs(source, query.range, {
      ...{ cloud, signal, now, noCache: !query.hasCache, recheck: query.isRecheck },
      onProgress: (step) => progress.show(step),
      confirm: async ({ objects, bytes }) => {
        const what = `${objects} log objects of ${sizeText(bytes)} are not in the cache. Each takes a billed request.`;
        if (query.yes) report(what);
        return query.yes || (await isAgreed(`${what} Fetch them?`));
      },
    });
  } catch (error) {
    if (error instanceof NotAgreed)
      throw new UsageError(`${error.message} Use --yes to skip the question, or search a shorter range.`);
    throw error;
  }
}
