import { join } from "node:path";
import type { Database } from "./database";
import { literal, readParquet } from "./store/conversion";
import { conflictsOf, contents, mostConflicts } from "./store/duplicates";
import type { Asked, Conflict, LogValue, StoredLogs } from "./types";
import { within, without } from "./views";

/** Copies of events in different trails. */
export interface Copies {
  /** Parquet file that lists the later ones of equal copies; absent if no event is in several trails. */
  readonly file?: string;
  readonly conflicts: readonly Conflict[];
}

const none: Copies = { conflicts: [] };

/**
 * Finds the copies of events in different trails. The first of equal copies counts, in the order of the trails. Copies that differ are
 * conflicts, and all of them count.
 *
 * @param asked Events whose copies are needed.
 * @param folder Folder of the resulting file.
 */
export async function findCopies(
  database: Database,
  logs: readonly StoredLogs[],
  asked: Asked,
  folder: string,
  signal?: AbortSignal,
): Promise<Copies> {
  const trails = logs.filter(({ files }) => files.length > 0);
  if (trails.length < 2) return none;
  const run: Run = (sql, parameters) => database.run(sql, signal, parameters);
  // Output in the order of the input would not fit into memory.
  await run("SET preserve_insertion_order = false");
  const copies = (await hasCopies(run, trails, asked)) ? await compare(run, trails, folder) : none;
  for (const table of ["asked", "again"]) await run(`DROP TABLE IF EXISTS ${table}`);
  await run("RESET preserve_insertion_order");
  return copies;
}

type Run = (sql: string, parameters?: Asked["parameters"]) => Promise<LogValue[][]>;

/** Returns a SELECT over the files of all trails, with the number of the trail as its last column. */
const ofAll = (trails: readonly StoredLogs[], columns: string, end: (of: StoredLogs) => string): string =>
  trails
    .map((of, i) => `SELECT ${columns}, ${i} AS trail FROM ${readParquet(of.files)}${end(of)}`)
    .join(" UNION ALL ");

/** Lists the asked events that several trails have in the table `again`. @returns true if there are such events. */
async function hasCopies(run: Run, trails: readonly StoredLogs[], asked: Asked): Promise<boolean> {
  const { where = "true", parameters, range } = asked;
  const ids = (condition: string) =>
    ofAll(trails, "hash(event_id) AS id", () => ` WHERE event_id IS NOT NULL AND ${condition}`);
  const isEmpty = async (table: string) => (await run(`SELECT 1 FROM ${table} LIMIT 1`)).length === 0;
  const inRange = `${where} AND ${within(range)}`;
  await run(`CREATE TABLE asked AS SELECT DISTINCT id FROM (${ids(inRange)})`, parameters);
  if (await isEmpty("asked")) return false;
  await run(
    `CREATE TABLE again AS SELECT id FROM (${ids("hash(event_id) IN (FROM asked)")})
    GROUP BY id HAVING min(trail) <> max(trail)`,
  );
  await run("DROP TABLE asked");
  return !(await isEmpty("again"));
}

/** Compares the copies of the events in the table `again`. */
async function compare(run: Run, trails: readonly StoredLogs[], folder: string): Promise<Copies> {
  const [found, file] = [join(folder, "found.parquet"), join(folder, "copies.parquet")];
  const copied = " WHERE hash(event_id) IN (FROM again)";
  const names = await run(`SELECT DISTINCT filename FROM (${ofAll(trails, "filename", () => copied)})`);
  const having = new Set(names.map(([name]) => String(name)));
  const parts = trails
    .map((of) => ({ ...of, files: of.files.filter((one) => having.has(one)) }))
    .filter(({ files }) => files.length > 0);
  // Whole records are read only here, and only from files with copies. All copies may not fit into memory.
  await run(
    `COPY (${ofAll(
      parts,
      `event_id, object, position, hash(${contents}) AS contents`,
      ({ duplicates }) => `${without(duplicates ? [duplicates] : [])}${copied}`,
    )}) TO ${literal(found)} (FORMAT parquet)`,
  );
  await run("DROP TABLE again");
  const copies = readParquet([found]);
  await run(
    `COPY (SELECT object, position FROM ${copies}
      QUALIFY row_number() OVER (PARTITION BY event_id, contents ORDER BY trail, object, position) > 1)
    TO ${literal(file)} (FORMAT parquet)`,
  );
  const differing = await run(
    `SELECT event_id, list_sort(list(DISTINCT object)) FROM ${copies} WHERE event_id IN (
      SELECT event_id FROM ${copies} GROUP BY event_id
      HAVING min(contents) <> max(contents) AND min(trail) <> max(trail) ORDER BY event_id LIMIT ${mostConflicts}
    ) GROUP BY event_id ORDER BY event_id`,
  );
  return { file, conflicts: conflictsOf(differing) };
}
