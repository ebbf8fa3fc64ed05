import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { openStack } from "../../../operate/stack/openStack";
import { printedBy } from "../../support/printed";
import { Stack } from "../verify/stack";
import { startSearched } from "./searchedStack";

jest.mock("../../../operate/stack/openStack", () => ({ openStack: jest.fn(), connectionOf: jest.fn() }));

let stack: Stack;
let searched: Awaited<ReturnType<typeof startSearched>>;
const day = new Date().toISOString().slice(0, 10);

/** Records as the trail would deliver them: who deleted what, with texts that act. */
const records = [
  {
    event_id: "one",
    event_type: "yandex.cloud.audit.resourcemanager.DeleteFolder",
    event_time: `${day}T00:00:01.123456789Z`,
    event_status: "DONE",
    authentication: { subject_id: "ajeone", subject_name: "=cmd()\u001b[31m" },
    request_metadata: { remote_address: "203.0.113.7" },
    resource_metadata: {
      path: [
        { resource_type: "resource-manager.folder", resource_id: "b1gone", resource_name: "logs\u202etxt" },
      ],
    },
    details: { folder_id: "b1gone", folder_name: "logs", number: 12345678901234567890n },
  },
  {
    event_id: "two",
    event_type: "yandex.cloud.audit.iam.CreateKey",
    event_time: `${day}T00:00:02Z`,
    event_status: "ERROR",
    authentication: { subject_id: "ajetwo", subject_name: "two" },
    error: { code: 7, message: "denied" },
  },
];

const json = (value: object) =>
  JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner)).replace(
    /"(\d+)n"/,
    "$1",
  );
const body = `[\n  ${records.map((record) => json(record)).join(",\n  ")}\n]`;

beforeAll(async () => {
  searched = await startSearched();
  stack = searched.stack;
  stack.put(`${stack.trailId}/${day.replaceAll("-", "/")}/made.json`, body);
});
beforeEach(() => {
  process.env.SSL_CERT_FILE = stack.emulator.caFile;
});
afterAll(() => searched[Symbol.asyncDispose]());

/** Returns the output and the exit code of the command. */
const runSearch = (...args: string[]) => printedBy(() => run(["search", ...args], [searchCommand]));
const search = (...args: string[]) => runSearch("--stack", "dev", ...args);
/** Ids of the events that are found, the newest first. */
async function idsOf(...args: string[]) {
  const { out, code } = await search(...args, "--columns", "event_id", "--format", "csv");
  expect(code).toBe(0);
  return out.split("\r\n").slice(1, -1);
}

test("search reports its range, prints the newest events first, and ends with 0", async () => {
  const { out, error, code } = await search();
  expect(error).toMatch(/^Searching from \S+Z to now, the last 7 days\.\n/);
  expect(error).toMatch(/The trail collects management events of organization \w+\.\n/);
  expect(error).toMatch(/Searched 2 events in 1 log object\. 1 object fetched, \d+ bytes\.\n$/);
  expect(out).toBe(
    [
      "EVENT_TIME            EVENT_TYPE                    SUBJECT               EVENT_STATUS  REMOTE_ADDRESS  RESOURCE_NAME",
      `${day}T00:00:02Z  iam.CreateKey                 two (ajetwo)          ERROR`,
      `${day}T00:00:01Z  resourcemanager.DeleteFolder  =cmd()\ufffd[31m (ajeone)  DONE          203.0.113.7     logs\ufffdtxt`,
      "",
    ].join("\n"),
  );
  expect(code).toBe(0);
});

test.each([
  [["two", "one"], []],
  [["one"], ["--type", "resourcemanager.*"]],
  [["one"], ["--type", "*Folder"]],
  [["one"], ["--folder", "b1gone"]],
  [["one"], ["--resource", "b1gone"]],
  [["one"], ["--address", "203.0.113.*"]],
  [["one"], ["--text", "logs"]],
  [["one"], ["--text", "DELETEfolder"]],
  [["two"], ["--subject", "two"]],
  [["two"], ["--subject", "ajetwo"]],
  [["two"], ["--status", "error"]],
  [["two"], ["--denied"]],
  [[], ["--denied", "--folder", "b1gone"]],
  [["two"], ["--since", `${day}T00:00:02Z`]],
  [["one"], ["--since", `${day}T00:00:01Z`, "--until", `${day}T00:00:02Z`]],
  [
    ["two", "one"],
    ["--since", day, "--until", day],
  ],
  [["two", "one"], ["--all"]],
  [["one"], ["folder-deleted", "--folder", "logs"]],
  [["one"], ["folder-deleted", "--subject", "ajeone"]],
  [[], ["folder-deleted", "--folder", "other"]],
])("search finds %j by %j", async (ids, args) => {
  expect(await idsOf(...args)).toEqual(ids);
});

test("a reached limit is reported", async () => {
  const { out, error, code } = await search("--limit", "1", "--columns", "event_id");
  expect([out, code]).toEqual(["EVENT_ID\ntwo\n", 0]);
  expect(error).toMatch(/Only the first 1 rows are printed\. Use --limit for more\.\n$/);
  expect((await search("--limit", "2")).error).not.toMatch(/--limit/);
});

test("events are counted, also by columns and members", async () => {
  expect((await search("--count", "--format", "csv")).out).toBe("events\r\n2\r\n");
  const { out } = await search("--by", "subject,details.folder_id", "--format", "csv");
  expect(out).toBe(
    "subject_name,subject_id,details.folder_id,events\r\n'=cmd()\ufffd[31m,ajeone,b1gone,1\r\ntwo,ajetwo,,1\r\n",
  );
});

test("JSON lines keep every digit, and no text in them has an effect on a terminal", async () => {
  const { out } = await search(
    "--type",
    "*DeleteFolder",
    "--columns",
    "event_time,subject,details,path",
    "--format",
    "jsonl",
  );
  expect(out).toBe(
    `{"event_time":"${day}T00:00:01.123456Z","subject_name":"=cmd()\\u001b[31m","subject_id":"ajeone",` +
      `"details":{"folder_id":"b1gone","folder_name":"logs","number":12345678901234567890},` +
      `"path":[{"resource_type":"resource-manager.folder","resource_id":"b1gone","resource_name":"logs\\u202etxt"}]}\n`,
  );
});

test("records are printed as they were delivered", async () => {
  const { out, code } = await search("--type", "*DeleteFolder", "--raw");
  expect([out, code]).toEqual([`${json(records[0] ?? {})}\n`, 0]);
});

test("times are in the requested time zone", async () => {
  const args = ["--columns", "event_time", "--time-zone", "Asia/Kolkata"];
  const expected = new Date(`${day}T05:30:02Z`).toISOString().slice(0, 19);
  expect((await search(...args)).out).toContain(`\n${expected}+05:30\n`);
  expect(await idsOf("--since", `${day}T05:30:02`, "--time-zone", "Asia/Kolkata")).toEqual(["two"]);
});

test("SELECT statements are answered, and other statements are a usage error", async () => {
  const good = await search(
    "--sql",
    "select event_id, details->>'folder_name' as name from events order by 1",
    "--format",
    "csv",
  );
  expect([good.out, good.code]).toEqual(["event_id,name\r\none,logs\r\ntwo,\r\n", 0]);
  for (const sql of ["drop view events", "selec 1", "select 1; select 2", "select no_such from events"]) {
    const { out, error, code } = await search("--sql", sql);
    expect([sql, out, code]).toEqual([sql, "", 3]);
    expect(error.split("\n").at(-2)).not.toBe("");
  }
});

test.each([
  ["select event_id from events order by 1", "event_id two"],
  ["-- who?\n/* all */ SELECT event_id FROM events;", "event_id two"],
  ["from events select event_id", "event_id two"],
  ["select event_id from all_events", "event_id two"],
  ["select count(*) as n from events a join events b using (event_id)", "n 1"],
  ["select (select count(*) from events) as n", "n 1"],
  ["with mine as (select * from events) select event_id from mine", "event_id two"],
  [
    "-- a\nwith recursive n(i) as (select 1 union all select i + 1 from n where i < 2) select i, event_id from n, events order by 1",
    "i,event_id 1,two 2,two",
  ],
  ["select event_id from main.events order by 1", "event_id two"],
  ["(select event_id from events) union (select event_id from events)", "event_id two"],
  ["values (1)", "col0 1"],
])("SQL sees the exact range: %s", async (sql, expected) => {
  const { out, code } = await search("--sql", sql, "--since", `${day}T00:00:02Z`, "--format", "csv");
  expect([out.split("\r\n").join(" ").trim(), code]).toEqual([expected, 0]);
});

test("a query that takes too long ends with 2", async () => {
  const { error, code } = await search(
    "--sql",
    "select count(*) from range(1000000) a, range(1000000) b",
    "--timeout",
    "1",
  );
  expect(error).toMatch(/The answer is incomplete: The query took longer than 1000 ms\.\n/);
  expect(code).toBe(2);
});

test("--fail-on-match ends with 1 if there is a row or a count, and with 0 if there is none", async () => {
  const codes = [];
  for (const args of [
    ["--denied"],
    ["--denied", "--count"],
    ["--type", "no.*"],
    ["--type", "no.*", "--count"],
  ])
    codes.push((await search(...args, "--fail-on-match")).code);
  expect(codes).toEqual([1, 1, 0, 0]);
});

test("a data event that the trail does not collect is unknown, never nobody", async () => {
  const { out, error, code } = await search("secret-read");
  expect([out, code]).toEqual(["", 2]);
  expect(error).toMatch(
    /No event matches\.\nThe trail does not collect data events of lockbox, which this question needs\. The answer is unknown\.\n$/,
  );
  expect((await search("keys-created", "--status", "DONE")).code).toBe(0);
});

test.each([
  [2, ["--type", "lockbox.GetPayload*"], /collect data events of lockbox, .*The answer is unknown\.\n$/],
  [2, ["--type", "storage.*"], /collect data events of storage, .*That part of the answer is unknown\.\n$/],
  [2, ["--type", "storage.*", "--count"], /collect data events of storage/],
  // Rows of other events prove nothing about those that are not collected.
  [0, ["--type", "iam.Create*"], /collect data events of iam, .*That part of the answer is unknown\.\n$/],
  [0, ["--type", "storage.Bucket*"], /No event matches\.\n$/],
])("it ends with %i for %j, and says which events are not collected", async (expected, args, message) => {
  const { error, code } = await search(...args);
  expect(error).toMatch(message);
  expect(code).toBe(expected);
});

test("offline the cache answers alone; what it lacks makes the answer partial", async () => {
  await search();
  jest.mocked(openStack).mockImplementationOnce(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, view: stack.view },
    cloud: () => Promise.reject(new Error("it was asked")),
  }));
  const { out, error, code } = await search("--offline", "--columns", "event_id", "--format", "csv");
  expect([out, code]).toEqual(["event_id\r\ntwo\r\none\r\n", 2]);
  expect(error).toMatch(/newer events may be missing: \d+\n/);
});

test("without a cache nothing is kept, and --purge deletes what was", async () => {
  const purged = await search("--purge");
  expect([purged.out, purged.code]).toEqual(["", 0]);
  expect(purged.error).toMatch(/^Deleted [1-9][\d.]* kB of cached logs\. The logs in the bucket stay\.\n$/);
  expect(await idsOf("--no-cache")).toEqual(["two", "one"]);
  expect((await search("--purge")).error).toMatch(/^Deleted 0 bytes/);
});

test("a broken object is named, its sound records are searched, and the answer is partial", async () => {
  await using other = await Stack.start();
  jest.mocked(openStack).mockImplementationOnce(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, view: other.view },
    cloud: () => other.connect(),
  }));
  const key = `${other.trailId}/${day.replaceAll("-", "/")}/cut.json`;
  other.put(key, body.slice(0, -20));
  const { out, error, code } = await search("--columns", "event_id", "--format", "csv");
  expect([out, code]).toEqual(["event_id\r\none\r\n", 2]);
  expect(error).toContain(`\n  ${key} ends early`);
});

test.each([["--follow"], ["--count"]])("Ctrl-C ends %s with 130, without a message", async (option) => {
  jest.mocked(openStack).mockImplementationOnce(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, view: stack.view },
    cloud: async () => {
      process.emit("SIGINT");
      return stack.connect();
    },
  }));
  const { out, error, code } = await search(option);
  expect([out, code]).toEqual(["", 130]);
  expect(error).not.toMatch(/defect|abort/i);
});

test("all faults of the options are named at once", async () => {
  const { out, error, code } = await runSearch(
    ...[
      "folder-delete",
      "--bucket",
      "b",
      "--since",
      "yesterday",
      "--limit",
      "0",
      "--columns",
      "event_tipe,details.a",
    ],
    ...[
      "--format",
      "xml",
      "--time-zone",
      "Mars",
      "--status",
      "GOOD",
      "--role",
      "admin",
      "--engine",
      "clickhouse",
      "--raw",
    ],
  );
  expect([out, code]).toEqual(["", 3]);
  expect(error.split("\n").map((line) => line.replace(/^ {2}- /, ""))).toEqual([
    "12 options are invalid:",
    "--raw and --columns exclude each other. Remove one of them.",
    "--raw and --format exclude each other. Remove one of them.",
    "--bucket needs --trail, the id of a trail: keys of log objects begin with it.",
    'There is no question "folder-delete". Did you mean folder-deleted? --questions lists them.',
    "--role belongs to the question role-granted.",
    '--time-zone must be a time zone such as Europe/Moscow, not "Mars".',
    "--engine clickhouse only prints a query, so it does not take --raw.",
    '--columns "event_tipe": there is no such column.',
    '--status must be STARTED, RUNNING, DONE, CANCELLED, ERROR, not "GOOD".',
    '--since must be a length such as 12h or 7d, a date such as 2026-03-01, or a time such as 2026-03-01T10:00:00Z, not "yesterday".',
    '--limit must be a whole number of at least 1, not "0".',
    '--format must be table, jsonl, csv, not "xml".',
    "",
  ]);
});

test.each([
  [/Give --stack, or --bucket and --trail/, []],
  [/--stack and --bucket exclude each other/, ["--stack", "dev", "--bucket", "b"]],
  [/The question vm-actions needs --resource/, ["--stack", "dev", "vm-actions"]],
  [/--since must be before --until/, ["--stack", "dev", "--since", "2026-03-02", "--until", "2026-03-01"]],
  [/--all and --since exclude each other/, ["--stack", "dev", "--all", "--since", "7d"]],
  [/--follow and --limit exclude each other/, ["--stack", "dev", "--follow", "--limit", "5"]],
  [/A question and --sql exclude each other/, ["--stack", "dev", "denied", "--sql", "select 1"]],
  [
    /The stack dev has no trail other\. Its trails:\n {2}\w+ {2}audit-trails/,
    ["--stack", "dev", "--trail", "other"],
  ],
])("it ends with 3: %s", async (message, args) => {
  const { out, error, code } = await runSearch(...args);
  expect([out, code]).toEqual(["", 3]);
  expect(error).toMatch(message);
});

test("--questions lists names, meanings and needs", async () => {
  const { out, code } = await runSearch("--questions");
  expect(code).toBe(0);
  expect(out).toMatch(/^folder-deleted +A folder was deleted; .* \(\[--folder\]\)$/m);
  expect(out).toMatch(/^vm-actions .* \(--resource\) Also needs data events of compute in the trail\.$/m);
  expect(out).toMatch(/^secret-read .* Needs data events of lockbox in the trail\.$/m);
});

test("texts for other engines read no log", async () => {
  const clickhouse = await search("folder-deleted", "--folder", "it's", "--engine", "clickhouse");
  expect(clickhouse.code).toBe(0);
  expect(clickhouse.out).toContain(`from s3(audit_logs, filename = '${stack.trailId}/{`);
  expect(clickhouse.out).toContain("JSON_VALUE(details, '$.folder_id') = 'it\\'s'");
  expect(clickhouse.out).not.toContain(stack.emulator.issueToken());
  const yql = await search("folder-deleted", "--engine", "yandex-query");
  expect(yql.out).toMatch(/^-- This query was parsed and never run/);
  const wrong = await search("--engine", "yandex-query", "--columns", "object");
  expect([wrong.code, wrong.error]).toEqual([3, "--engine yandex-query has no column object.\n"]);
});
