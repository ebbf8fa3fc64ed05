import type { LogRange } from "../logs";
import { DuckdbText } from "./engines/duckdb";

const space = String.raw`(?:\s|--[^\n]*\n|/\*[^]*?\*/)`;
/** Beginning of a query to which a WITH clause can be added: one that has such a clause, and one that has none. */
const [clause, bare] = [
  new RegExp(`^${space}*with\\b(${space}+recursive\\b)?`, "i"),
  new RegExp(`^${space}*((select|from|values|table)\\b|[(])`, "i"),
];
/** Definition of a table with the name of a view. */
const ownView = /\b(all_)?events"?\s*(\([^()]*\)\s*)?\bas\b\s*((not\s+)?materialized\s*)?\(/i;

/**
 * Returns the user's statement over the events of a range. Its first line hides the views, which hold whole days, behind tables of
 * the same names. Returns undefined for statements that cannot take that line: `describe`, `summarize`, and those that define such
 * tables themselves.
 */
export function sqlInRange(sql: string, range: LogRange): string | undefined {
  if (range === "all") return sql;
  const given = clause.exec(sql);
  if (ownView.test(sql) || !(given || bare.test(sql))) return undefined;
  // DuckDB would otherwise first copy all events of the range into memory.
  const tables = ["events", "all_events"].map(
    (name) => `${name} as not materialized (select * from main.${name} where ${within(range)})`,
  );
  const [all = "", recursive = ""] = given ?? [];
  return given
    ? `with ${recursive && "recursive "}${tables.join(", ")},\n${sql.slice(all.length)}`
    : `with ${tables.join(", ")}\n${sql}`;
}

/** Returns the condition on the time, without parameters: the statement may have its own. */
function within(range: Exclude<LogRange, "all">): string {
  const text = new DuckdbText();
  const condition = text.of({ is: "within", ...range });
  return condition.replace(/\$(\d+)/g, (_, number) => String(text.values[Number(number) - 1]));
}
