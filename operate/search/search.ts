import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { QueryFailure } from "../logs";
import type { Around } from "./around";
import type { Condition } from "./conditions";
import { rangeText } from "./coverageText";
import { doubtOf } from "./doubt";
import { OpenTrails } from "./openTrails";
import type { Query } from "./options";
import { type Output, outputs } from "./output";
import type { Place } from "./place";
import { RawOutput } from "./rawOutput";
import { askedBy, conditionOf, statementFor } from "./statements";

/**
 * Answers a query by DuckDB over the cached logs of one or more trails. It reports gaps and faults of the logs, and prints the rows
 * anyway.
 *
 * @returns the exit code.
 * @throws {UsageError} for refused SQL, and if the user declines a large download. @throws the signal's reason.
 */
export async function search(query: Query, places: readonly Place[], around: Around): Promise<number> {
  const { report } = around;
  report(`Searching ${rangeText(query)}.`);
  const condition = conditionOf(query, places);
  await using trails = await OpenTrails.open(query, places, around);
  const { matches, isWhole } = await print(query, condition, trails, around);
  if (matches === 0 && query.sql === undefined) report("No event matches.");
  const doubt = doubtOf(query, places);
  if (doubt && (matches === 0 || doubt.isPart)) report(doubt.text);
  if (query.failOnMatch && matches > 0) return exitCodes.failedOn;
  return isWhole && trails.isWhole && !(doubt && matches === 0) ? exitCodes.success : exitCodes.unknown;
}

/** Result of printing an answer. */
interface Answer {
  /** Number of matching events: the printed rows, or the count. */
  readonly matches: number;
  readonly isWhole: boolean;
}

async function print(
  query: Query,
  condition: Condition,
  trails: OpenTrails,
  around: Around,
): Promise<Answer> {
  const { out, report, signal } = around;
  const { limit, isCount, by, timeout } = query;
  const raw = query.isRaw ? new RawOutput(trails, out, report) : undefined;
  let rows = 0;
  let counted = 0;
  let output: Output | undefined = raw;
  try {
    const { text, values: parameters } =
      query.sql === undefined ? statementFor(query, condition) : { text: query.sql, values: [] };
    const table = await trails.openTable(askedBy(query, condition), timeout, around);
    const answer = await table.query(text, { timeout, signal, parameters });
    output ??= outputs[query.format](answer.columns, query.timeZone, out);
    for await (const row of answer) {
      signal.throwIfAborted();
      if (rows === limit) {
        report(`Only the first ${limit} rows are printed. Use --limit for more.`);
        break;
      }
      await output.row(row);
      rows += 1;
      counted = Number(row.at(-1));
    }
    await output.end();
    return { matches: isCount && by.length === 0 ? counted : rows, isWhole: raw?.isWhole ?? true };
  } catch (error) {
    await output?.end();
    report(`The answer is incomplete: ${reasonOf(error)}`);
    return { matches: rows, isWhole: false };
  }
}

/** Returns the reason why an answer is incomplete. @throws errors that end the whole search. */
function reasonOf(error: unknown): string {
  if (error instanceof QueryFailure) {
    const message = inert(error.message, { lines: true });
    if (error.kind === "usage") throw new UsageError(message);
    return message;
  }
  throw error;
}
