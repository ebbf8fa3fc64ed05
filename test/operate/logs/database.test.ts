import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Database, engineRelease } from "../../../operate/logs/database";
import { convert } from "../../../operate/logs/store/conversion";
import { type LogRows, QueryFailure } from "../../../operate/logs/types";
import root from "../../../package.json";

const folder = mkdtempSync(join(tmpdir(), "logs-"));
const spill = join(folder, "tmp");
mkdirSync(spill);
const at = (name: string) => join(folder, name);
const open = (memory = 256 * 2 ** 20) => Database.open({ memory, spill });

const event = (id: string, more: object = {}) => ({
  event_id: id,
  event_type: "yandex.cloud.audit.iam.CreateKey",
  event_time: "2026-03-03T01:02:03.123456789Z",
  ...more,
});

/** Makes a Parquet file of records, as the store does. */
async function parquet(name: string, records: readonly object[]): Promise<string> {
  const lines = records.map((record, i) => `${JSON.stringify({ o: name, p: i, e: record })}\n`);
  writeFileSync(at("lines"), lines.join(""));
  using database = await open();
  await database.run(convert(at("lines"), at(name), 10_000));
  return at(name);
}

const valuesOf = async (rows: LogRows) => {
  const values = [];
  for await (const row of rows) values.push(row);
  return values;
};

const trailId = "first";
let [file, other, duplicates, second, shared] = ["", "", "", "", ""];
beforeAll(async () => {
  file = await parquet("day.parquet", [event("one"), event("two"), event("two")]);
  other = await parquet("other.parquet", [event("three")]);
  second = await parquet("second.parquet", [event("one"), event("four")]);
  duplicates = await listing("duplicates.parquet", "day.parquet", 2);
  shared = await listing("shared.parquet", "second.parquet", 0);
});

/** Makes a file that lists a record. */
async function listing(name: string, object: string, position: number): Promise<string> {
  using database = await open();
  await database.run(
    `COPY (SELECT '${object}' AS object, ${position} AS position) TO '${at(name)}' (FORMAT parquet)`,
  );
  return at(name);
}

/** Opens a locked database over the logs of one trail, or of two that both delivered an event. */
async function locked(trails: 1 | 2 = 1): Promise<Database> {
  const database = await open();
  const logs = [
    { trailId, files: [file], duplicates },
    { trailId: "second", files: [second] },
  ];
  const several = { logs, copies: shared };
  await database.lock({ ...(trails === 1 ? { logs: logs.slice(0, 1) } : several), range: "all" });
  return database;
}

test.each([
  [1 as const, 2n, 3n, [["first", 2n]]],
  [
    2 as const,
    3n,
    5n,
    [
      ["first", 2n],
      ["second", 1n],
    ],
  ],
])(
  "the views over %i trails show events once and with copies, and questions keep working with the lock",
  async (trails, once, all, byTrail) => {
    using database = await locked(trails);
    const count = async (view: string) => valuesOf(await database.query(`select count(*) from ${view}`));
    expect([await count("events"), await count("all_events")]).toEqual([[[once]], [[all]]]);
    expect(
      await valuesOf(await database.query("select trail_id, count(*) from events group by 1 order by 1")),
    ).toEqual(byTrail);
  },
);

const copies = "select 1 as event_id";
const secret = at("secret.json");

describe.each([
  [1 as const, 2n],
  [2 as const, 3n],
])("SQL of the user over %i trails", (trails, events) => {
  test.each<[string, (file: string) => string]>([
    ["read_text", () => `select * from read_text('${secret}')`],
    ["read_blob", () => `select * from read_blob('${secret}')`],
    ["read_csv", () => `select * from read_csv('${secret}')`],
    ["read_json", () => `select * from read_json('${secret}')`],
    ["sniff_csv", () => `select * from sniff_csv('${secret}')`],
    ["glob", () => `select * from glob('${folder}/*')`],
    ["another day", () => `select * from read_parquet('${other}')`],
    ["another day by its name", () => `select * from '${other}'`],
    ["another day by two dots", () => `select * from '${join(folder, "tmp")}/../other.parquet'`],
    ["the environment", () => "select * from read_text('/proc/self/environ')"],
    ["query()", () => `select * from query('select * from read_text(''${secret}'')')`],
    [
      "json_execute_serialized_sql",
      () =>
        `select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''${secret}'')'))`,
    ],
    ["attach of a file", () => `attach '${at("new.db")}'`],
    ["attach of memory", () => "attach ':memory:' as other"],
    ["import", () => `import database '${folder}'`],
    ["export", () => `export database '${at("export")}'`],
    ["install", () => "install httpfs"],
    ["load", () => "load httpfs"],
    ["a secret", () => "create secret (type s3, key_id 'a', secret 'b')"],
    ["set", () => "set enable_external_access = true"],
    ["set of the time zone", () => "set timezone = 'Europe/Berlin'"],
    ["reset", () => "reset allowed_paths"],
    ["a log file", () => `call enable_logging(storage = 'file', storage_path = '${at("logs")}')`],
    [
      "a log file from a SELECT",
      () => `select * from enable_logging(storage = 'file', storage_path = '${at("logs")}')`,
    ],
    [
      "a log file from a SELECT in a SELECT",
      () =>
        `with x as (select * from system.main."ENABLE_logging"(storage = 'file')) select (from x limit 1)`,
    ],
    ["profiling from a SELECT", () => "select 1 where 1 in (from enable_profiling())"],
    ["query() of a function", () => "select * from query('from enable_logging()')"],
    ["copy to a new file", () => `copy (select 1) to '${at("copied")}'`],
    ["copy to an allowed file", (of) => `copy (${copies}) to '${of}' (use_tmp_file false)`],
    ["copy to the list of copies", () => `copy (${copies}) to '${shared}' (use_tmp_file false)`],
    ["explain analyze", (of) => `explain analyze copy (${copies}) to '${of}' (use_tmp_file false)`],
    ["explain", () => "explain select 1"],
    ["drop view", () => "drop view events"],
    ["another view", () => `create or replace view events as ${copies}`],
    ["a macro", () => "create or replace macro granted(x) as 1"],
    ["create table", () => "create table t as select 1"],
    ["insert", () => "insert into events values (1)"],
    ["pragma", () => "pragma enable_profiling"],
    ["call", () => "call pragma_version()"],
    ["prepare", () => `prepare p as ${copies}`],
    ["begin", () => "begin"],
    ["two statements", () => "select 1; select 2"],
    ["a statement after a comment", () => `/* ; */ select 1; -- \n drop view events`],
    ["nothing", () => " -- "],
    ["no SQL", () => "who deleted it"],
  ])("is refused, and nothing has changed: %s", async (_what, statement) => {
    writeFileSync(secret, '[{"secret":1}]');
    const contents = () => [file, second, shared].map((path) => readFileSync(path));
    const before = contents();
    using database = await locked(trails);
    await expect(database.query(statement(file)).then(valuesOf)).rejects.toThrow(QueryFailure);
    expect(contents()).toEqual(before);
    for (const name of ["new.db", "export", "copied", "logs"]) expect(existsSync(at(name))).toBe(false);
    expect(await valuesOf(await database.query("select count(*) from events"))).toEqual([[events]]);
    expect(await valuesOf(await database.query("select granted(null) is null"))).toEqual([[true]]);
  });

  test.each([
    "describe events",
    "select count(*) from range(2), unnest([1]), events e, json_each(e.details)",
    "summarize events",
    "show tables",
    "values (1)",
    "table events",
    "from events",
    "with x as (select 1) select * from x;",
    "select event_id from events order by 1 -- a comment;",
  ])("may be %s", async (statement) => {
    using database = await locked(trails);
    expect((await valuesOf(await database.query(statement))).length).toBeGreaterThan(0);
  });

  test.each([
    "select sum(a.range) from range(100000000) a, range(100000) b",
    "select list(a.range) from range(100000000000) a",
  ])("that is endless ends at the timeout: %s", async (statement) => {
    using database = await open();
    await database.lock({ logs: [{ trailId, files: [file] }], range: "all" });
    const answer = database.query(statement, { timeout: 200 }).then(valuesOf);
    await expect(answer).rejects.toMatchObject({ kind: expect.stringMatching(/^(timeout|failed)$/) });
    expect(await valuesOf(await database.query("select 1"))).toEqual([[1]]);
  });

  test("that is endless is interrupted at once", async () => {
    using database = await locked();
    const abort = new AbortController();
    const answer = database
      .query("select sum(a.range) from range(100000000) a, range(100000) b", { signal: abort.signal })
      .then(valuesOf);
    setTimeout(() => abort.abort(new Error("Ctrl-C")), 100);
    await expect(answer).rejects.toThrow("Ctrl-C");
  });

  test("that needs more memory than allowed is refused with that reason", async () => {
    using database = await open(64 * 2 ** 20);
    await database.lock({ logs: [{ trailId, files: [file] }], range: "all" });
    const answer = database.query("select list(a.range::varchar || 'text') from range(20000000) a");
    await expect(answer.then(valuesOf)).rejects.toMatchObject({ kind: "failed" });
  });
});

test("parameters are values", async () => {
  using database = await locked();
  const rows = await database.query("select event_id from events where event_id = $1 and $2 = 2", {
    parameters: ["two", 2],
  });
  expect(rows.columns).toEqual([{ name: "event_id", type: "VARCHAR" }]);
  expect(await valuesOf(rows)).toEqual([["two"]]);
  await expect(database.query("select $1")).rejects.toThrow(
    "The statement has 1 parameters, and 0 values were given.",
  );
});

test("values are plain: times with microseconds, lists, structs, large numbers, JSON as text", async () => {
  using database = await locked();
  const [row] = await valuesOf(
    await database.query(
      `select event_time, event_time_text, timestamp '1969-12-31 23:59:59.5', [1, 2], {'a': {'b': 'c'}}, 2::hugeint,
       1.5::decimal(3, 1), date '2026-03-03', '{"a":1}'::json, time '01:02:03' from events limit 1`,
    ),
  );
  expect(row?.map((value) => (value instanceof Object && "micros" in value ? String(value) : value))).toEqual(
    [
      "2026-03-03T01:02:03.123456Z",
      "2026-03-03T01:02:03.123456789Z",
      "1969-12-31T23:59:59.5Z",
      [1, 2],
      { a: { b: "c" } },
      2n,
      "1.5",
      "2026-03-03",
      '{"a":1}',
      "01:02:03",
    ],
  );
});

test("macros read members, and the roles that deltas add", async () => {
  const binding = (action: string, role_id: string) => ({
    action,
    access_binding: { role_id, subject_id: "s", subject_type: "t" },
  });
  const made = await parquet("granted.parquet", [
    event("two roles", {
      details: { a: { b: 7 }, access_binding_deltas: [binding("ADD", "admin"), binding("ADD", "editor")] },
    }),
    event("removed", { details: { access_binding_deltas: [binding("REMOVE", "admin")] } }),
    event("none", { details: { access_binding_deltas: "odd" } }),
  ]);
  using database = await open();
  await database.lock({ logs: [{ trailId, files: [made] }], range: "all" });
  const sql =
    "select event_id, detail(details, 'a.b'), [role.role_id for role in granted(details)] from events order by position";
  expect(await valuesOf(await database.query(sql))).toEqual([
    ["two roles", "7", ["admin", "editor"]],
    ["removed", null, []],
    ["none", null, null],
  ]);
});

test("no files are a table without rows", async () => {
  using database = await open();
  await database.lock({ logs: [{ trailId, files: [] }], range: "all" });
  expect(await valuesOf(await database.query("select path, details from events"))).toEqual([]);
});

test("the documented release is the tested one", () => {
  expect(engineRelease).toBe(`@duckdb/node-api@${root.devDependencies["@duckdb/node-api"]}`);
});
