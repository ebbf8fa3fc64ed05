import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { openStack } from "../../../operate/stack/openStack";
import { Api, bucketRequest } from "../../support/api";
import { byDeployer } from "../../support/localStack";
import { printedBy } from "../../support/printed";
import type { Stack } from "../verify/stack";
import { startSearched, withTrail } from "./searchedStack";

jest.mock("../../../operate/stack/openStack", () => ({ openStack: jest.fn(), connectionOf: jest.fn() }));

let stack: Stack;
let searched: Awaited<ReturnType<typeof startSearched>>;
/** Bucket of the second trail. The first trail's bucket is `audit-logs`. */
let bucketName = "";
const day = new Date().toISOString().slice(0, 10);
const folder = day.replaceAll("-", "/");
const record = (id: string) => ({
  ...{ event_id: id, event_time: `${day}T00:00:01Z`, event_type: "yandex.cloud.audit.iam.CreateKey" },
});

beforeAll(async () => {
  searched = await startSearched(({ view }) =>
    withTrail(view, "second", "cnpsecond", { storageDestination: { bucketName } }),
  );
  stack = searched.stack;
  stack.put(`${stack.trailId}/${folder}/first.json`, JSON.stringify([record("one"), record("two")]));
  using api = new Api(stack.emulator);
  await api.call("buckets", "create", bucketRequest(stack.cloud.folderId, "closed-logs"));
});
beforeEach(() => {
  process.env.SSL_CERT_FILE = stack.emulator.caFile;
});
afterAll(() => searched[Symbol.asyncDispose]());

const search = (...args: string[]) =>
  printedBy(() => run(["search", "--stack", "dev", ...args], [searchCommand]));

test.each([
  ["EVENT_ID\ntwo\none\n", ["--columns", "event_id"]],
  ["event_id\r\ntwo\r\none\r\n", ["--columns", "event_id", "--format", "csv"]],
  ['{"event_id":"two"}\n{"event_id":"one"}\n', ["--columns", "event_id", "--format", "jsonl"]],
  ["events\r\n2\r\n", ["--count", "--format", "csv"]],
  ["event_type,events\r\nyandex.cloud.audit.iam.CreateKey,2\r\n", ["--by", "event_type", "--format", "csv"]],
  ["n\r\n2\r\n", ["--sql", "select count(*) as n from events", "--format", "csv"]],
  [["two", "one"].map((id) => `${JSON.stringify(record(id))}\n`).join(""), ["--raw"]],
])("the other trail's rows are printed as %j, and the answer is partial", async (expected, args) => {
  bucketName = "deleted-logs";
  const { out, error, code } = await search(...args);
  expect([out, code]).toEqual([expected, 2]);
  expect(error).toMatch(
    /^Trail second:\n.*\nListing bucket deleted-logs of trail second failed: NoSuchBucket: .* \(HTTP 404\)( \(request \S+\))?\. The bucket does not exist\. .* run audit-trails verify\. Events of this trail are missing in the answer\. To search them too, run the command again when its bucket can be listed\.$/m,
  );
});

test("an answer without a row is partial too, and a row matches anyway", async () => {
  bucketName = "deleted-logs";
  const { out, error, code } = await search("--type", "no.*", "--fail-on-match");
  expect([out, code]).toEqual(["", 2]);
  expect(error).toMatch(/No event matches\.\n$/);
  expect((await search("--fail-on-match")).code).toBe(1);
});

test("a bucket that may not be read is named with the missing role", async () => {
  bucketName = "closed-logs";
  const id = stack.cloud.deployer.id;
  const Statement = [
    {
      Effect: "Deny",
      Principal: { CanonicalUser: id },
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::closed-logs",
    },
    {
      Effect: "Allow",
      Principal: "*",
      Action: "*",
      Resource: ["arn:aws:s3:::closed-logs", "arn:aws:s3:::closed-logs/*"],
    },
  ];
  stack.cloud.buckets.update(byDeployer(stack.emulator), bucketName, {
    policy: { Version: "2012-10-17", Statement },
  } as never);
  const { out, error, code } = await search("--columns", "event_id");
  expect([out, code]).toEqual(["EVENT_ID\ntwo\none\n", 2]);
  expect(error).toMatch(
    /Listing bucket closed-logs of trail second failed: AccessDenied: .*\. Grant storage\.viewer on the bucket's folder to this account\. If the bucket has a policy, add the account to its readers\./,
  );
});

test("if no bucket can be listed, the search fails and prints nothing", async () => {
  bucketName = "deleted-logs";
  jest.mocked(openStack).mockImplementationOnce(async () => {
    const view = withTrail(stack.view, "second", "cnpsecond", { storageDestination: { bucketName } });
    const subject = { type: "serviceAccount" as const, id: "stranger" };
    return {
      ...{ name: "dev", project: "p", state: { resources: [] } as never, view },
      cloud: () => stack.connect(subject),
    };
  });
  const { out, error, code } = await search("--count");
  expect([out, code]).toEqual(["", 2]);
  expect(error).toMatch(/Listing bucket audit-logs of trail audit-trails failed: AccessDenied/);
  expect(error).toMatch(/Listing bucket deleted-logs of trail second failed: /);
  expect(error).toMatch(/Reading the cloud failed: No trail of the stack can be searched\.\n$/);
});

test("records whose objects were deleted are named, and the others are printed", async () => {
  bucketName = "audit-logs";
  const key = `cnpsecond/${folder}/deleted.json`;
  const late = { ...record("three"), event_time: `${day}T00:00:09Z` };
  stack.put(key, JSON.stringify([late, { ...late, event_id: "four" }]));
  await search("--count");
  stack.delete(key);
  const { out, error, code } = await search("--raw");
  expect([out, code]).toEqual([["two", "one"].map((id) => `${JSON.stringify(record(id))}\n`).join(""), 2]);
  expect(error).toContain(
    `Log objects that cannot be fetched again, so their records are not printed: 1\n  ${key}: NoSuchKey`,
  );
});
