import type { Asked, LogRange } from "../logs";
import { and, type Condition } from "./conditions";
import { type Bound, DuckdbText, selected } from "./engines/duckdb";
import { type Query, subjectColumns } from "./options";
import type { Place } from "./place";

/** Returns column names, with `subject` replaced by its two columns. */
export const expanded = (names: readonly string[]): string[] =>
  names.flatMap((name) => (name === "subject" ? subjectColumns : [name]));

/** Returns a condition that also requires a time in the range. */
export const inRange = (condition: Condition, range: LogRange): Condition =>
  range === "all" ? condition : and({ is: "within", ...range }, condition);

/** Returns the condition of a query without its range. Each place knows the ids of all trails. */
export const conditionOf = (query: Query, [place]: readonly Place[]): Condition =>
  query.condition(place?.logging ?? { own: [], folders: [] });

/** Returns the events that a query asks for. SQL may ask for all events of the range. */
export function askedBy({ sql, range }: Query, condition: Condition): Asked {
  if (sql !== undefined) return { range };
  const text = new DuckdbText();
  return { range, where: text.of(condition), parameters: text.values };
}

/**
 * Returns the statement that answers a query. The view `events` has the events of the range only. The statement asks for one row
 * more than the limit, so that the caller knows whether more rows exist.
 */
export function statementFor(query: Query, condition: Condition): Bound {
  const sql = new DuckdbText();
  const where = sql.of(condition);
  const text = (list: string, end: string) => `select ${list} from events where ${where}${end}`;
  const { by, isCount, limit } = query;
  const end = limit === undefined ? "" : ` limit ${limit + 1}`;
  const counted = 'count(*) as "events"';
  if (by.length > 0) {
    const names = expanded(by);
    const keys = names.map((_, i) => i + 1).join(", ");
    return {
      text: text(
        `${names.map(selected).join(", ")}, ${counted}`,
        ` group by ${keys} order by ${names.length + 1} desc, ${keys}${end}`,
      ),
      values: sql.values,
    };
  }
  if (isCount) return { text: text(counted, ""), values: sql.values };
  return { text: text(shown(query), newestFirst + end), values: sql.values };
}

const shown = ({ isRaw, columns }: Query): string =>
  (isRaw ? ["trail_id", "object", "position"] : expanded(columns)).map(selected).join(", ");

const newestFirst = ' order by "event_time" desc nulls last, "object" desc, "position" desc';
