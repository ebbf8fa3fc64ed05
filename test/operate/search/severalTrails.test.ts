import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { openStack } from "../../../operate/stack/openStack";
import { printedBy } from "../../support/printed";
import type { Stack } from "../verify/stack";
import { startSearched, withTrail } from "./searchedStack";

jest.mock("../../../operate/stack/openStack", () => ({ openStack: jest.fn(), connectionOf: jest.fn() }));

let stack: Stack;
let searched: Awaited<ReturnType<typeof startSearched>>;
const day = new Date().toISOString().slice(0, 10);
const folder = day.replaceAll("-", "/");
const secondId = "cnpsecond";

const record = (id: string | undefined, time: string, type: string, others: object = {}) => ({
  ...{ event_id: id, event_time: `${day}T00:00:${time}Z`, event_type: `yandex.cloud.audit.${type}` },
  ...{ event_status: "DONE", details: { from: "first" }, ...others },
});
const shared = record("shared", "03", "iam.CreateKey");
const first = [
  record("a1", "01", "iam.CreateKey"),
  shared,
  record("differs", "04", "iam.UpdateKey"),
  record("a2", "05.25", "iam.DeleteKey"),
  // Copies that differ within a trail: both stay.
  record("twice", "06", "iam.DeleteKey"),
  record("twice", "06", "iam.DeleteKey", { details: { from: "copy" } }),
  record("late", "later", "iam.DeleteKey"),
];
const second = [
  record("b1", "02", "iam.CreateKey"),
  shared,
  record("differs", "04", "iam.UpdateKey", { details: { from: "second" } }),
  record("b2", "05.5", "storage.ObjectCreate"),
  record("twice", "06", "iam.DeleteKey", { details: { from: "second" } }),
  record("b3", "07", "lockbox.UpdateSecret"),
];

const resourceScopes = [{ resourceId: "o", resourceType: "organization-manager.organization" }];
/** The second trail collects data events of storage. */
const filteringPolicy = { dataEventsFilters: [{ service: "storage", resourceScopes }] };

const viewOf = ({ view }: Stack) => withTrail(view, "second", secondId, { filteringPolicy });

beforeAll(async () => {
  searched = await startSearched(viewOf);
  stack = searched.stack;
  stack.put(`${stack.trailId}/${folder}/first.json`, JSON.stringify(first));
  stack.put(`${secondId}/${folder}/second.json`, JSON.stringify(second));
});
beforeEach(() => {
  process.env.SSL_CERT_FILE = stack.emulator.caFile;
});
afterAll(() => searched[Symbol.asyncDispose]());

const search = (...args: string[]) =>
  printedBy(() => run(["search", "--stack", "dev", "--format", "csv", ...args], [searchCommand]));
const raw = (...args: string[]) =>
  printedBy(() => run(["search", "--stack", "dev", "--raw", ...args], [searchCommand]));
const rowsOf = async (...args: string[]) => (await search(...args)).out.split("\r\n").slice(1, -1);

test("all trails of a stack are searched, the newest first, each event once", async () => {
  const { out, error, code } = await search("--columns", "event_id,details.from");
  const rows = out.split("\r\n").slice(0, -1);
  expect(rows.filter((row) => !/^(twice|differs)/.test(row))).toEqual([
    ...["event_id,details.from", "b3,first", "b2,first", "a2,first", "shared,first", "b1,first"],
    ...["a1,first", "late,first"],
  ]);
  expect(error).toMatch(/Trail audit-trails:\nThe trail collects management events/);
  expect(error).toMatch(/Trail second:\nThe trail collects data events of storage/);
  expect(error.match(/Searched \d+ events in 1 log object/g)).toHaveLength(2);
  expect(code).toBe(0);
});

test("copies that differ between trails are reported, and all of them are searched", async () => {
  const { out, error, code } = await search("--columns", "event_id,details.from");
  const rows = out.split("\r\n").filter((row) => /^(twice|differs)/.test(row));
  expect(rows.sort()).toEqual([
    ...["differs,first", "differs,second", "twice,copy", "twice,first", "twice,second"],
  ]);
  const [one, other] = [`${stack.trailId}/${folder}/first.json`, `${secondId}/${folder}/second.json`];
  expect(error).toContain(
    `Events that several trails delivered in different copies; all copies are searched: 2\n  differs in ${[one, other].sort().join(", ")}\n  twice in`,
  );
  // Within the first trail there are other copies that differ.
  expect(error).toContain(
    `Events that were delivered in different copies; all copies are searched: 1\n  twice in ${one}\n`,
  );
  expect(code).toBe(0);
  const alone = await search("--trail", "second");
  expect(alone.error).not.toContain("copies");
});

test("copies are reported only if the question asks for the event, also if only one of them matches", async () => {
  const message =
    "Events that several trails delivered in different copies; all copies are searched: 1\n  differs in";
  expect((await search("--type", "iam.CreateKey")).error).not.toContain("several trails delivered");
  expect((await search("--type", "iam.UpdateKey")).error).toContain(message);
  const { out, error } = await search(
    "--text",
    "second",
    "--type",
    "iam.UpdateKey",
    "--columns",
    "details.from",
  );
  expect(out).toBe("details.from\r\nsecond\r\n");
  expect(error).toContain(message);
});

test("copies within a trail and in several trails are one event", async () => {
  const copy = JSON.stringify([record("again", "08", "iam.CopyKey")]);
  const keys = [stack.trailId, secondId].flatMap((id) =>
    ["x", "y"].map((name) => `${id}/${folder}/${name}.json`),
  );
  for (const key of keys) stack.put(key, copy);
  const args = ["--no-cache", "--type", "iam.CopyKey"];
  expect(await rowsOf("--columns", "event_id", ...args)).toEqual(["again"]);
  expect(await rowsOf("--count", ...args)).toEqual(["1"]);
  expect(
    await rowsOf("--no-cache", "--sql", "select count(*) from all_events where event_id = 'again'"),
  ).toEqual(["4"]);
  for (const key of keys) stack.delete(key);
});

test("trail_id is the id of the trail that delivered an event first", async () => {
  expect(await rowsOf("--columns", "trail_id,event_id", "--type", "iam.CreateKey")).toEqual([
    ...[`${stack.trailId},shared`, `${secondId},b1`, `${stack.trailId},a1`],
  ]);
});

test("the limit is that of all trails", async () => {
  const { out, error } = await search("--columns", "event_id", "--type", "*Create*", "--limit", "3");
  expect(out).toBe("event_id\r\nb2\r\nshared\r\nb1\r\n");
  expect(error).toMatch(/Only the first 3 rows/);
  expect(await rowsOf("--columns", "event_id", "--type", "*Create*", "--limit", "4")).toEqual([
    "b2",
    "shared",
    "b1",
    "a1",
  ]);
  expect((await search("--type", "*Create*", "--limit", "4")).error).not.toMatch(/Only the first/);
});

test("events are counted once, also by columns", async () => {
  expect(await rowsOf("--count", "--type", "*Create*")).toEqual(["4"]);
  expect(await rowsOf("--count", "--type", "no.*")).toEqual(["0"]);
  expect(await rowsOf("--by", "event_type", "--type", "*Create*")).toEqual([
    "yandex.cloud.audit.iam.CreateKey,3",
    "yandex.cloud.audit.storage.ObjectCreate,1",
  ]);
  expect(await rowsOf("--by", "event_type", "--type", "*Create*", "--limit", "1")).toHaveLength(1);
});

test("records are printed as they were delivered, from the trail that has them", async () => {
  const { out } = await raw("--type", "storage.*");
  expect(out).toBe(`${JSON.stringify(second[3])}\n`);
  expect(
    (await raw("--type", "*", "--since", `${day}T00:00:01Z`, "--until", `${day}T00:00:02Z`)).out,
  ).toContain(JSON.stringify(first[0]));
});

test("--trail names the only trail to search", async () => {
  for (const trail of ["second", secondId])
    expect(
      (await rowsOf("--columns", "event_id", "--trail", trail)).filter((id) => /^[ab]/.test(id)),
    ).toEqual(["b3", "b2", "b1"]);
  const { error, code } = await search("--trail", "third");
  expect(code).toBe(3);
  expect(error).toMatch(/no trail third\. Its trails:\n {2}\w+ {2}audit-trails\n {2}cnpsecond {2}second\n$/);
});

test("what one of the trails collects is known", async () => {
  expect(await search("--type", "storage.ObjectDelete")).toMatchObject({ code: 0 });
  expect((await search("--type", "storage.ObjectDelete", "--trail", "audit-trails")).code).toBe(2);
  const { error, code } = await search("--type", "lockbox.GetPayload");
  expect(error).toMatch(/None of the trails collects data events of lockbox, which this question needs\./);
  expect(code).toBe(2);
});

test("a gap of one trail makes the answer partial", async () => {
  stack.put(
    `${secondId}/${folder}/cut.json`,
    JSON.stringify([record("c", "09", "iam.CreateKey")]).slice(0, -9),
  );
  const { error, code } = await search();
  expect(error).toContain(`${secondId}/${folder}/cut.json ends early`);
  expect(code).toBe(2);
  stack.delete(`${secondId}/${folder}/cut.json`);
});

test("events without an id are no copies of each other", async () => {
  const key = `${secondId}/${folder}/none.json`;
  const none = record(undefined, "04", "iam.CreateUser");
  stack.put(key, JSON.stringify([none, none]));
  stack.put(`${stack.trailId}/${folder}/none.json`, JSON.stringify([none]));
  const code = 2;
  expect(await search("--type", "iam.CreateUser", "--columns", "event_type")).toMatchObject({
    ...{ code, out: `event_type\r\n${"yandex.cloud.audit.iam.CreateUser\r\n".repeat(3)}` },
  });
  expect(await search("--type", "iam.CreateUser", "--count")).toMatchObject({ code, out: "events\r\n3\r\n" });
});

test("SQL sees the events of all trails, each once, and their copies", async () => {
  const sql = `select trail_id, count(*) as events from events where event_type like '%CreateKey' group by 1 order by 2`;
  expect(await rowsOf("--sql", sql)).toEqual([`${secondId},1`, `${stack.trailId},2`]);
  expect((await rowsOf("--sql", sql.replace("from events", "from all_events"))).sort()).toEqual([
    ...[`${stack.trailId},2`, `${secondId},2`].sort(),
  ]);
  const since = ["--since", `${day}T00:00:05.5Z`, "--until", `${day}T00:00:06Z`];
  expect(await rowsOf("--sql", "select event_id from events order by 1", ...since)).toEqual(["b2", "late"]);
  expect(await rowsOf("--sql", "select event_id from all_events where event_time is null")).toEqual(["late"]);
  expect(await rowsOf("--sql", "show tables")).toEqual(["all_events", "events"]);
  for (const refused of ["drop view events", "select * from read_text('/etc/passwd')"])
    expect(await search("--sql", refused)).toMatchObject({ out: "", code: 3 });
});

test("--follow takes all trails", async () => {
  jest.mocked(openStack).mockImplementationOnce(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, view: viewOf(stack) },
    cloud: async () => {
      process.emit("SIGINT");
      return stack.connect();
    },
  }));
  const { error, code } = await search("--follow");
  expect(error).toMatch(/^Trail audit-trails:\n.*\nTrail second:\n/);
  expect(code).toBe(130);
});

test("--engine needs one trail", async () => {
  const args = ["search", "--stack", "dev", "--engine", "clickhouse"];
  const { error, code } = await printedBy(() => run(args, [searchCommand]));
  expect(code).toBe(3);
  expect(error).toMatch(
    /needs one trail, and the stack has several\. Name one with --trail:\n {2}\w+ {2}audit-trails\n {2}cnpsecond {2}second\n$/,
  );
});

test("--purge deletes the cached logs of all trails", async () => {
  await search("--count");
  expect((await search("--purge")).error).toMatch(/^Deleted [1-9]/);
  for (const trail of ["audit-trails", "second"])
    expect((await search("--purge", "--trail", trail)).error).toMatch(/^Deleted 0 bytes/);
});
