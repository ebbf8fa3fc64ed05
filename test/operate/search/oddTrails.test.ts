import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { clockText } from "../../../operate/search/coverageText";
import type { Resource } from "../../../operate/stack/engineJson";
import type { StackView } from "../../../operate/stack/stackView";
import { printedBy } from "../../support/printed";
import type { Stack } from "../verify/stack";
import { startSearched, withTrail } from "./searchedStack";

jest.mock("../../../operate/stack/openStack", () => ({ openStack: jest.fn(), connectionOf: jest.fn() }));

type Odd = readonly [name: string, id: string, prefix?: string];

let stack: Stack;
let searched: Awaited<ReturnType<typeof startSearched>>;
/** Trails of the stack beside its own. */
let others: readonly Odd[] = [];
const day = new Date().toISOString().slice(0, 10);
const folder = day.replaceAll("-", "/");
const record = (id: string, second = "01") => ({
  ...{ event_id: id, event_time: `${day}T00:00:${second}Z`, event_type: "yandex.cloud.audit.iam.CreateKey" },
});
const put = (key: string, ...records: readonly object[]) =>
  stack.put(`${key}/${folder}/a.json`, JSON.stringify(records));

function viewOf(view: StackView): StackView {
  const inputs = (objectPrefix?: string): Resource["inputs"] => ({
    storageDestination: { bucketName: "audit-logs", ...(objectPrefix && { objectPrefix }) },
  });
  return others.reduce((all, [name, id, prefix]) => withTrail(all, name, id, inputs(prefix)), view);
}

beforeAll(async () => {
  searched = await startSearched(({ view }) => viewOf(view));
  stack = searched.stack;
  put(stack.trailId, record("one"), record("shared", "03"));
});
beforeEach(() => {
  process.env.SSL_CERT_FILE = stack.emulator.caFile;
});
afterAll(() => searched[Symbol.asyncDispose]());

const search = (...args: string[]) =>
  printedBy(() => run(["search", "--stack", "dev", "--format", "csv", ...args], [searchCommand]));
async function found(...args: string[]) {
  const { out, error, code } = await search("--columns", "trail_id,event_id", ...args);
  const rows = out
    .split("\r\n")
    .slice(1, -1)
    .map((row) => row.replace(stack.trailId, "first"));
  return { rows, error, code };
}

test("a trail without objects has no events, and the others are searched", async () => {
  others = [["empty", "cnpempty"]];
  const { rows, error, code } = await found();
  expect([rows, code]).toEqual([["first,shared", "first,one"], 0]);
  expect(error).toMatch(/Trail empty:\n.*\nSearched 0 events in 0 log objects\.\n/);
  expect(await search("--trail", "empty", "--count")).toMatchObject({ out: "events\r\n0\r\n", code: 0 });
  others = [
    ["empty", "cnpempty"],
    ["empty2", "cnpempty2"],
  ];
  expect((await found("--type", "no.*")).code).toBe(0);
});

test("trails share a bucket under different prefixes, one prefix, and a prefix like the id of another trail", async () => {
  others = [
    ["trail-a", "cnpa", "logs"],
    ["trail-b", "cnpb", "logs"],
    ["trail-c", "cnpc", "logs/more"],
    ["trail-d", "cnpd", stack.trailId],
  ];
  put("logs/cnpa", record("a", "04"), record("shared", "03"));
  put("logs/cnpb", record("b", "05"), record("shared", "03"));
  put("logs/more/cnpc", record("c", "06"));
  put(`${stack.trailId}/cnpd`, record("d", "07"), record("shared", "03"));
  const expected = ["cnpd,d", "cnpc,c", "cnpb,b", "cnpa,a", "first,shared", "first,one"];
  for (const range of [[], ["--all"]]) {
    const { rows, code } = await found(...range);
    expect([rows, code]).toEqual([expected, 0]);
  }
  const raw = await printedBy(() => run(["search", "--stack", "dev", "--raw"], [searchCommand]));
  const delivered = ["d", "c", "b", "a"].map((id, i) => record(id, `0${7 - i}`));
  const lines = [...delivered, record("shared", "03"), record("one")].map(
    (one) => `${JSON.stringify(one)}\n`,
  );
  expect([raw.out, raw.code]).toEqual([lines.join(""), 0]);
});

test("a trail that two resources have is searched once", async () => {
  others = [["again", stack.trailId]];
  expect((await found()).rows).toEqual(["first,shared", "first,one"]);
  expect((await search("--sql", "select count(*) as n from all_events")).out).toBe("n\r\n2\r\n");
});

test("--limit, --fail-on-match and --raw are about all trails together", async () => {
  others = [["trail-a", "cnpa", "logs"]];
  for (const [args, rows, code] of [
    [["--limit", "2"], ["cnpa,a", "first,shared"], 0],
    [["--limit", "2", "--fail-on-match"], ["cnpa,a", "first,shared"], 1],
    [["--fail-on-match", "--type", "no.*"], [], 0],
  ] as const)
    expect(await found(...args)).toMatchObject({ rows, code });
  expect((await search("--sql", "from events limit 1", "--fail-on-match")).code).toBe(1);
  expect((await search("--sql", "from events where false", "--fail-on-match")).code).toBe(0);
  expect((await search("--count", "--fail-on-match", "--type", "no.*")).code).toBe(0);
  const raw = await printedBy(() =>
    run(["search", "--stack", "dev", "--raw", "--limit", "1", "--fail-on-match"], [searchCommand]),
  );
  expect([raw.out, raw.code]).toEqual([`${JSON.stringify(record("a", "04"))}\n`, 1]);
  expect(raw.error).toMatch(/Only the first 1 rows/);
});

test("without a cache nothing of several trails is kept", async () => {
  others = [["trail-a", "cnpa", "logs"]];
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith("audit-trails-logs-"));
  const before = left();
  expect((await found("--no-cache")).rows).toEqual(["cnpa,a", "first,shared", "first,one"]);
  expect(left()).toEqual(before);
});

test("offline the cache of each trail answers", async () => {
  others = [["trail-a", "cnpa", "logs"]];
  await search("--count");
  others = [
    ["trail-a", "cnpa", "logs"],
    ["never", "cnpnever"],
  ];
  const { rows, error, code } = await found("--offline");
  expect([rows, code]).toEqual([["cnpa,a", "first,shared", "first,one"], 2]);
  expect(error).toMatch(/Trail never:\n.*\nSearched 0 events.*\nDays or months that were not read/);
});

test("a range may end in the future, and may not begin there", async () => {
  others = [];
  const { rows, code } = await found("--since", day, "--until", "2099-01-01");
  expect([rows, code]).toEqual([["first,shared", "first,one"], 0]);
  const future = await search("--since", "2098-01-01", "--until", "2099-01-01");
  expect(future.code).toBe(3);
  expect(future.error).toMatch(/--since must be before --until, and before now\./);
});

test("a trail that was renamed in the program keeps its cached logs", async () => {
  others = [["old", "cnpa", "logs"]];
  await search("--count");
  others = [["new", "cnpa", "logs"]];
  const { error, rows } = await found("--trail", "new");
  expect(rows).toEqual(["cnpa,a", "cnpa,shared"]);
  expect(error).not.toMatch(/fetched/);
  expect((await search("--trail", "old")).code).toBe(3);
});

test("a clock of this machine that is behind the service's makes an open range partial", async () => {
  others = [["trail-a", "cnpa", "logs"]];
  stack.pass({ hours: 72 });
  const message =
    "This machine's clock is 72 hours behind the service's, and the range follows it. Events may be missing. Correct the clock.\n";
  const { error, code } = await search();
  expect([error.split(message).length, code]).toEqual([2, 2]);
  for (const range of [["--all"], ["--since", day, "--until", day], ["--offline"]])
    expect((await search(...range)).error).not.toContain(message);
});

const hour = 3_600_000;
test.each([
  [-3 * hour, true, "3 hours ahead of"],
  [1.1 * hour, true, "1 hour behind"],
  [0.9 * hour, true, undefined],
  [undefined, true, undefined],
  [-3 * hour, false, undefined],
])("a clock that is %s ms behind, for a range that is open: %s", (clockLag, isOpen, expected) => {
  const text = clockText({ clockLag }, { isOpen, range: { from: 0, to: 1 } });
  if (expected === undefined) expect(text).toBeUndefined();
  else expect(text).toContain(` clock is ${expected} the service's`);
});
