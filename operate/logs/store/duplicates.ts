import { join } from "node:path";
import type { Database } from "../database";
import { storedColumns } from "../record";
import type { Conflict, LogValue } from "../types";
import type { Cache } from "./cache";
import { literal, readParquet } from "./conversion";
import { writeWhole } from "./files";

/** Largest number of conflicts that are kept. */
export const mostConflicts = 1000;

const filesOf = (cache: Cache, names: readonly string[]): string =>
  readParquet(names.map((name) => cache.day(name)));

/** Columns in which copies of an event are compared. */
export const contents = storedColumns
  .filter(({ name }) => name !== "object" && name !== "position")
  .map(({ name }) => `"${name}"`)
  .join(", ");

/** Returns the conflicts of rows with an event id and a list of objects. */
export const conflictsOf = (rows: readonly (readonly LogValue[])[]): Conflict[] =>
  rows.map(([id, objects]) => ({
    eventId: String(id),
    objects: (objects as readonly unknown[]).map(String),
  }));

/**
 * Finds the copies of events in all days of the cache. The first of equal copies counts; the others are listed in the file of
 * duplicates. Copies that differ are conflicts, and all of them count.
 */
export async function findDuplicates(
  cache: Cache,
  openDatabase: () => Promise<Database>,
  signal?: AbortSignal,
): Promise<void> {
  await search(cache, openDatabase, signal);
  cache.manifest.unchecked = [];
}

async function search(
  cache: Cache,
  openDatabase: () => Promise<Database>,
  signal?: AbortSignal,
): Promise<void> {
  const { manifest } = cache;
  const files = Object.values(manifest.units).flatMap(({ parts }) => parts.map(({ file }) => file));
  const unchecked = manifest.unchecked === "all" ? "all" : new Set(manifest.unchecked);
  // Files may have been joined or dropped since they were marked.
  const fresh = unchecked === "all" ? undefined : files.filter((file) => unchecked.has(file));
  if (fresh?.length === 0) return;
  if (files.length === 0) return forget(cache);
  const database = await openDatabase();
  const run = (sql: string) => database.run(sql, signal);
  const hashes = (names: readonly string[]) =>
    `SELECT hash(event_id) AS id FROM ${filesOf(cache, names)} WHERE event_id IS NOT NULL`;
  await run(
    `CREATE TABLE again AS SELECT id FROM (${hashes(files)}) ${
      fresh === undefined ? "" : `WHERE id IN (${hashes(fresh)})`
    } GROUP BY id HAVING count(*) > 1`,
  );
  const [[copied] = []] = await run("SELECT count(*) FROM again");
  const old = manifest.duplicates === undefined || fresh === undefined ? undefined : manifest.duplicates;
  if (copied === 0n) {
    if (old === undefined) forget(cache);
    return;
  }
  const found = await run(
    `SELECT DISTINCT parse_filename(filename) FROM ${filesOf(cache, files)} WHERE hash(event_id) IN (FROM again)`,
  );
  const names = found.map(([name]) => String(name));
  // Whole records are read only here, and only from those files.
  await run(
    `CREATE TABLE copies AS SELECT event_id, object, position, hash(${contents}) AS contents
    FROM ${filesOf(cache, names)} WHERE hash(event_id) IN (FROM again)`,
  );
  const kept =
    old === undefined
      ? ""
      : `UNION ALL SELECT event_id, object, position FROM ${readParquet([join(cache.folder, old)])}
        WHERE event_id NOT IN (SELECT event_id FROM copies)`;
  const file = cache.newName("duplicates", "parquet");
  await writeWhole(join(cache.folder, file), (aside) =>
    run(
      `COPY (SELECT event_id, object, position FROM copies
        QUALIFY row_number() OVER (PARTITION BY event_id, contents ORDER BY object, position) > 1
        ${kept} ORDER BY object, position) TO ${literal(aside)} (FORMAT parquet)`,
    ),
  );
  const differing = await run(
    `SELECT event_id, list_sort(list(DISTINCT object)) FROM copies GROUP BY event_id
    HAVING count(DISTINCT contents) > 1 ORDER BY event_id LIMIT ${mostConflicts}`,
  );
  const ids = new Set((await run("SELECT DISTINCT event_id FROM copies")).map(([id]) => String(id)));
  const conflicts = old === undefined ? [] : manifest.conflicts.filter(({ eventId }) => !ids.has(eventId));
  conflicts.push(...conflictsOf(differing));
  if (manifest.duplicates) cache.replace([manifest.duplicates]);
  manifest.duplicates = file;
  manifest.conflicts = conflicts.slice(0, mostConflicts);
}

function forget(cache: Cache): void {
  const { manifest } = cache;
  if (manifest.duplicates) cache.replace([manifest.duplicates]);
  delete manifest.duplicates;
  manifest.conflicts = [];
}
