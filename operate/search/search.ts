import { failureText, isCloudFailure } from "../../api/failures";
import { objectKeyPrefixOf } from "../../components/objectPrefix";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { type LogRows, type Logs, type LogValue, NotAgreed, openLogs, QueryFailure } from "../logs";
import { collectionOfAll, collectionText, type Doubt, doubtAbout } from "./collected";
import { coverageLines, rangeText, searchedText, sizeText } from "./coverageText";
import type { Bound } from "./engines/duckdb";
import { wantedBy } from "./eventTypes";
import type { Query } from "./options";
import { inertJson, type Output, outputs, type Sink } from "./output";
import { onlyPlace, type Place } from "./place";
import { answerOverAll, type OpenTrail } from "./severalTrails";
import { statementFor } from "./statements";
import { isAgreed, ProgressLine } from "./terminal";

/** Surroundings of a search. */
export interface Around {
  readonly out: Sink;
  /** Prints a line for people. */
  report(line: string): void;
  readonly signal: AbortSignal;
  /** Returns the time, milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Answers a query by DuckDB over the cached logs of one or more trails. It reports gaps and faults of the logs, and prints the rows
 * anyway.
 *
 * @returns the exit code.
 * @throws {UsageError} for refused SQL, and if the user declines a large download. @throws the signal's reason.
 */
export async function search(query: Query, places: readonly Place[], around: Around): Promise<number> {
  const { report } = around;
  if (query.sql !== undefined) onlyPlace(places, "--sql");
  report(`Searching ${rangeText(query)}.`);
  await using opened = new OpenTrails();
  const { trails } = opened;
  for (const place of places) {
    if (places.length > 1) report(`Trail ${inert(place.trail)}:`);
    for (const note of [...place.notes, collectionText(place.collection)]) report(note);
    const logs = await open(query, place, around);
    trails.push({ place, logs });
    report(searchedText(logs.coverage));
    for (const line of coverageLines(logs.coverage)) report(line);
  }
  const { matches, isWhole } = await print(query, trails, around);
  if (matches === 0 && query.sql === undefined) report("No event matches.");
  const doubt = query.sql === undefined ? doubtAboutAll(query, places) : undefined;
  if (doubt && (matches === 0 || doubt.isPart)) report(doubt.text);
  if (query.failOnMatch && matches > 0) return exitCodes.failedOn;
  const isCovered = trails.every(({ logs }) => logs.coverage.isWhole);
  return isWhole && isCovered && !(doubt && matches === 0) ? exitCodes.success : exitCodes.unknown;
}

/** Returns a doubt if none of the trails collects some of the wanted events. */
function doubtAboutAll(query: Query, places: readonly Place[]): Doubt | undefined {
  const [{ logging } = { logging: { own: [], folders: [] } }] = places;
  return doubtAbout(
    wantedBy(query.condition(logging)),
    collectionOfAll(places.map((one) => one.collection)),
    places.length > 1,
  );
}

/** Trails whose logs are closed together. Node 22 has no AsyncDisposableStack. */
class OpenTrails implements AsyncDisposable {
  readonly trails: OpenTrail[] = [];

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { logs } of this.trails) await logs.close();
  }
}

async function open(query: Query, { source, cloud }: Place, { signal, now, report }: Around): Promise<Logs> {
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

/** Result of printing an answer. */
interface Answer {
  /** Number of matching events: the printed rows, or the count. */
  readonly matches: number;
  readonly isWhole: boolean;
}

async function print(query: Query, trails: readonly OpenTrail[], around: Around): Promise<Answer> {
  const { limit, isCount, by } = query;
  let rows = 0;
  let counted = 0;
  let output: Output | undefined;
  try {
    const answer = await answerOf(query, trails, around);
    output = query.isRaw
      ? rawOutput(trails, around.out)
      : outputs[query.format](answer.columns, query.timeZone, around.out);
    for await (const row of answer) {
      if (rows === limit) {
        around.report(`Only the first ${limit} rows are printed. Use --limit for more.`);
        break;
      }
      await output.row(row);
      rows += 1;
      counted = Number(row.at(-1));
    }
    await output.end();
    return { matches: isCount && by.length === 0 ? counted : rows, isWhole: true };
  } catch (error) {
    await output?.end();
    around.report(`The answer is incomplete: ${reasonOf(error)}`);
    return { matches: rows, isWhole: false };
  }
}

function answerOf(query: Query, trails: readonly OpenTrail[], around: Around): Promise<LogRows> {
  const options = { timeout: query.timeout, signal: around.signal };
  const [trail, ...others] = trails;
  if (!trail || others.length > 0) return answerOverAll(query, trails, options);
  const { text, values: parameters } = statementOf(query, trail.place);
  return trail.logs.query(text, { ...options, parameters });
}

const statementOf = (query: Query, { logging }: Place): Bound =>
  query.sql === undefined ? statementFor(query, query.condition(logging)) : { text: query.sql, values: [] };

/** Returns the reason why an answer is incomplete. @throws errors that end the whole search. */
function reasonOf(error: unknown): string {
  if (error instanceof QueryFailure) {
    const message = inert(error.message, { lines: true });
    if (error.kind === "usage") throw new UsageError(message);
    return message;
  }
  if (isCloudFailure(error)) return inert(failureText(error));
  throw error;
}

/** Returns an output that prints records as they were delivered. Its rows are object and position. */
const rawOutput = (trails: readonly OpenTrail[], out: Sink): Output => ({
  async row([object, position]: readonly LogValue[]) {
    const key = String(object);
    // Keys of log objects begin with the trail's id, after a prefix.
    const { logs } = trails.find(({ place: { source } }) =>
      key.startsWith(objectKeyPrefixOf(source.trailId, source.objectPrefix)),
    ) as OpenTrail;
    await out.write(recordText(await logs.raw(key, Number(position)), out));
  },
  end: async () => {},
});

/** Returns the line of a record as it was delivered. For a terminal, control characters are escaped. */
export const recordText = (record: string, { width }: Sink): string =>
  `${width === undefined ? record : inertJson(record)}\n`;
