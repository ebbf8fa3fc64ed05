import type { LogRange } from "../logs";
import { and, type Condition } from "./conditions";
import { type Bound, DuckdbText, selected } from "./engines/duckdb";
import { type Query, subjectColumns } from "./options";

/** Returns column names, with `subject` replaced by its two columns. */
export const expanded = (names: readonly string[]): string[] =>
  names.flatMap((name) => (name === "subject" ? subjectColumns : [name]));

/** Returns a condition that also requires a time in the range. */
export const inRange = (condition: Condition, range: LogRange): Condition =>
  range === "all" ? condition : and({ is: "within", ...range }, condition);

/**
 * Returns the statement that answers a query. It asks for one row more than the limit, so that the caller knows if there are more.
 */
export function statementFor(query: Query, condition: Condition): Bound {
  const sql = new DuckdbText();
  const where = sql.of(inRange(condition, query.range));
  const text = (list: string, end: string) => `select ${list} from events where ${where}${end}`;
  const { by, isCount, isRaw, limit } = query;
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
  const columns = isRaw ? ["object", "position"] : expanded(query.columns);
  const order = ' order by "event_time" desc nulls last, "object" desc, "position" desc';
  return { text: text(columns.map(selected).join(", "), order + end), values: sql.values };
}
