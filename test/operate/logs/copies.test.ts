import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findCopies } from "../../../operate/logs/copies";
import { Database } from "../../../operate/logs/database";
import { convert } from "../../../operate/logs/store/conversion";
import { openTable } from "../../../operate/logs/table";
import type { Asked, Logs, StoredLogs } from "../../../operate/logs/types";
import { makeFolder } from "../../support/folder";

const folder = makeFolder();
const at = (name: string) => join(folder.path, name);
mkdirSync(at("spill"));
afterAll(() => folder[Symbol.dispose]());
const open = () => Database.open({ memory: 2 ** 28, spill: at("spill") });

type Event = readonly [id: string | null, details?: string, time?: string];

/** Makes the logs of a trail, as the store does. */
async function logsOf(trailId: string, ...events: readonly Event[]): Promise<StoredLogs> {
  const lines = events.map(([id, details = "", time = "2026-03-03T00:00:00Z"], p) =>
    JSON.stringify({ o: trailId, p, e: { event_id: id, event_time: time, details: { details } } }),
  );
  writeFileSync(at("lines"), lines.map((line) => `${line}\n`).join(""));
  const file = at(`${trailId}.parquet`);
  using database = await open();
  await database.run(convert(at("lines"), file, 10_000));
  return { trailId, files: [file], makeSpill: async () => at("spill") };
}

/** Finds copies. @returns the places of later ones, and the ids of conflicts. */
async function copiesOf(logs: readonly StoredLogs[], asked: Asked = { range: "all" }) {
  using database = await open();
  const { file, conflicts } = await findCopies(database, logs, asked, at("spill"));
  const later = file && (await database.run(`select object, position from '${file}' order by all`));
  expect(await database.run("show tables")).toEqual([]);
  expect(await database.run("select current_setting('preserve_insertion_order')")).toEqual([[true]]);
  return { later, conflicts };
}

test("the first of equal copies counts, and copies that differ are conflicts", async () => {
  const [first, second, third, other] = [
    await logsOf("first", ["equal"], ["differs", "a"], ["own"], [null]),
    await logsOf("second", ["differs", "b"], ["equal"], [null]),
    await logsOf("third", ["equal"], ["differs", "a"], ["differs", "c"]),
    await logsOf("other", ["alone"]),
  ];
  expect(await copiesOf([first, other, second, third])).toEqual({
    later: [
      ["second", 1],
      ["third", 0],
      ["third", 1],
    ],
    conflicts: [{ eventId: "differs", objects: ["first", "second", "third"] }],
  });
  expect(await copiesOf([second, first])).toMatchObject({ later: [["first", 0]] });
});

test.each<[string, Event[], Event[]]>([
  ["no common events", [["a"]], [["b"]]],
  ["copies within one trail only", [["a"], ["a"], ["a", "other"]], [["b"]]],
  ["events without ids", [[null]], [[null]]],
])("nothing is left out: %s", async (_, one, other) => {
  const none = { later: undefined, conflicts: [] };
  expect(await copiesOf([await logsOf("one", ...one), await logsOf("other", ...other)])).toEqual(none);
});

test("only asked events are compared, with all of their copies", async () => {
  const logs = [
    await logsOf("one", ["a"], ["b", "1"], ["c"]),
    await logsOf("other", ["a"], ["b", "2"], ["c", "", "2026-03-09T00:00:00Z"]),
  ];
  const asked = (where: string): Asked => ({ range: "all", where, parameters: ["b"] });
  expect(await copiesOf(logs, asked("event_id <> $1"))).toEqual({
    later: [["other", 0]],
    conflicts: [{ eventId: "c", objects: ["one", "other"] }],
  });
  expect(
    await copiesOf(logs, asked("event_id = $1 and json_extract_string(details, '$.details') = '2'")),
  ).toEqual({
    later: [],
    conflicts: [{ eventId: "b", objects: ["one", "other"] }],
  });
  const range = { from: Date.UTC(2026, 2, 8), to: Date.UTC(2026, 2, 10) };
  expect((await copiesOf(logs, { range })).conflicts).toEqual([{ eventId: "c", objects: ["one", "other"] }]);
});

test("a copy that its trail already left out is not the first one", async () => {
  const [first, second] = [await logsOf("first", ["a"], ["b"]), await logsOf("second", ["a"], ["b"])];
  using database = await open();
  const duplicates = at("duplicates.parquet");
  await database.run(`copy (select 'first' as object, 0 as position) to '${duplicates}' (format parquet)`);
  expect((await copiesOf([{ ...first, duplicates }, second])).later).toEqual([["second", 1]]);
});

test("a comparison that takes too long fails as a query that does, and Ctrl-C ends it", async () => {
  const stored = [await logsOf("first", ["a"]), await logsOf("second", ["a"])];
  const logs = stored.map((one) => ({ stored: one }) as Logs);
  const asked: Asked = {
    range: "all",
    where: "(select count(*) from range(1000000) x, range(1000000) y) > 0",
  };
  await expect(openTable(logs, asked, { timeout: 100 })).rejects.toMatchObject({
    ...{ name: "QueryFailure", kind: "timeout" },
    message: "Comparing the copies in several trails took longer than 100 ms.",
  });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error("Ctrl-C")), 100);
  await expect(openTable(logs, asked, { signal: abort.signal })).rejects.toThrow("Ctrl-C");
  await expect(openTable(logs, { range: "all", where: "error('odd') = ''" })).rejects.toMatchObject({
    ...{ name: "QueryFailure", kind: "failed" },
  });
});
