import type { DuckDBConnection } from "@duckdb/node-api";
import { QueryFailure } from "./types";

/** DuckDB's binding. */
export type Engine = typeof import("@duckdb/node-api");

const only = "A query must be one SELECT statement.";

/** Prepares a text that is one read-only SELECT. @throws {QueryFailure} for any other text. */
export async function onlySelect(connection: DuckDBConnection, sql: string, { StatementType }: Engine) {
  const usage = (error: unknown) => {
    throw new QueryFailure((error as Error).message, "usage");
  };
  const statements = await connection.extractStatements(sql).catch(usage);
  if (statements.count !== 1)
    throw new QueryFailure(`${only} This text has ${statements.count} statements.`, "usage");
  // This check comes first: some functions act while their statement is prepared.
  await requireHarmless(connection, sql);
  const prepared = await statements.prepare(0).catch(usage);
  if (prepared.statementType === StatementType.SELECT) return prepared;
  throw new QueryFailure(
    `${only} This statement is of kind ${StatementType[prepared.statementType]}.`,
    "usage",
  );
}

/**
 * Table functions that a query may use. Others read or write files, run a text as SQL, or change settings. For example,
 * `enable_logging` changes settings even in a SELECT. In a locked database it crashes the process.
 */
const tableFunctions: ReadonlySet<string> = new Set([
  ...["range", "generate_series", "unnest", "repeat", "repeat_row"],
  ...["json_each", "json_tree", "histogram", "histogram_values"],
  ...["duckdb_columns", "duckdb_functions", "duckdb_keywords", "duckdb_types", "pragma_table_info"],
]);

/** Refuses a statement that is not a SELECT, or uses a table function outside {@link tableFunctions}. @throws {QueryFailure} */
async function requireHarmless(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll("SELECT json_serialize_sql($1::VARCHAR)", [sql]);
  const tree = JSON.parse(String(reader.getRows()[0]?.[0])) as { readonly error: boolean };
  if (tree.error) throw new QueryFailure(only, "usage");
  for (const name of tableFunctionsIn(tree))
    if (!tableFunctions.has(name.toLowerCase()))
      throw new QueryFailure(
        `A query may not use the table function ${name}. It may use ${[...tableFunctions].join(", ")}.`,
        "usage",
      );
}

/** Yields the names of the table functions in the result of `json_serialize_sql`. */
function* tableFunctionsIn(tree: unknown): Generator<string> {
  const open = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== "object" || node === null) continue;
    const { type, function: called } = node as { type?: unknown; function?: { function_name?: unknown } };
    if (type === "TABLE_FUNCTION") yield String(called?.function_name);
    open.push(...Object.values(node).filter((value) => value !== undefined));
  }
}
