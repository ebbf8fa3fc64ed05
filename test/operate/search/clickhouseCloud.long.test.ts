import { run } from "../../../operate/run";
import { searchCommand } from "../../../operate/search";
import { oneOf } from "../../../operate/search/conditions";
import { clickhouseTexts } from "../../../operate/search/engines/clickhouse";
import type { Question } from "../../../operate/search/engines/question";
import { namedQuestions } from "../../../operate/search/questions";
import { inRange } from "../../../operate/search/statements";
import { connectionOf, openStack } from "../../../operate/stack/openStack";
import { Api } from "../../support/api";
import { ClickHouse } from "../../support/clickhouse";
import { makeFolder } from "../../support/folder";
import { printedBy } from "../../support/printed";
import { Stack } from "../verify/stack";
import { cases } from "./questionCases";

jest.mock("../../../operate/stack/openStack", () => ({ openStack: jest.fn(), connectionOf: jest.fn() }));

const dayLength = 86_400_000;

test("ClickHouse reads the local cloud's log objects, and finds what DuckDB finds, over the objects and in a table", async () => {
  using cache = makeFolder();
  await using stack = await Stack.start();
  process.env.XDG_CACHE_HOME = cache.path;
  jest.mocked(openStack).mockImplementation(async () => ({
    ...{ name: "dev", project: "p", state: { resources: [] } as never, view: stack.view },
    cloud: () => stack.connect(),
  }));
  jest.mocked(connectionOf).mockResolvedValue({});
  const now = stack.cloud.clock.now().getTime();
  const folderOf = (at: number) => new Date(at).toISOString().slice(0, 10).replaceAll("-", "/");
  stack.deliver();
  // Events of all questions, in both layouts, with copies and a day apart.
  const events = cases
    .flatMap(({ finds, leaves }) => [...finds, ...leaves])
    .map((event, i) => ({
      event_id: `made-${i}`,
      event_type: "none",
      event_time: new Date(now - i * 1000).toISOString(),
      ...event,
    }));
  stack.put(`${stack.trailId}/${folderOf(now)}/made.json`, JSON.stringify(events));
  stack.put(`${stack.trailId}/${folderOf(now - dayLength)}/copies.json`, JSON.stringify(events.slice(0, 20)));
  stack.put(
    `${stack.trailId}/${folderOf(now).slice(0, 7)}/old.json`,
    JSON.stringify([{ ...events[0], event_id: "old" }]),
  );

  using api = new Api(stack.emulator);
  const { accessKey, secret } = await api.call("accessKeys", "create", {
    serviceAccountId: stack.accountId,
    description: "",
  });
  await using clickhouse = await ClickHouse.start();
  const base: Question = {
    ...{ storageEndpoint: stack.emulator.storageProxy, bucket: "audit-logs", keyPrefix: `${stack.trailId}/` },
    range: { from: now - 2 * dayLength, to: now + dayLength },
    ...{ condition: { is: "and", of: [] }, columns: ["event_id"], by: [], isCount: false, limit: 1000 },
  };
  const first = clickhouseTexts(base);
  const create = first.collection
    .replace("<id of a static key>", accessKey.keyId)
    .replace("<its secret>", secret)
    .replace(/;$/, "");
  await clickhouse.query(create);
  await clickhouse.query(first.createTable);
  await clickhouse.query(first.insert);
  // Once more, as for newer days.
  await clickhouse.query(first.insert);

  for (const { name } of namedQuestions) {
    const given = cases.find((one) => one.name === name)?.given ?? {};
    const { logging = { own: [], folders: [] }, ...options } = given;
    if (name === "changes-of-logging") continue;
    const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, String(value)]);
    const { out, error, code } = await printedBy(() =>
      run(
        [
          "search",
          "--stack",
          "dev",
          name,
          ...args,
          "--since",
          "2d",
          "--columns",
          "event_id",
          "--format",
          "csv",
          "--limit",
          "1000",
        ],
        [searchCommand],
      ),
    );
    expect([name, code, error]).toEqual([name, 0, error]);
    const byDuckdb = out.split("\r\n").slice(1, -1).sort();
    const condition = namedQuestions.find((one) => one.name === name)?.condition({ ...options, logging });
    if (!condition) throw new Error(name);
    const texts = clickhouseTexts({ ...base, condition: inRange(condition, base.range) });
    for (const text of [texts.objects, texts.table])
      expect([name, (await clickhouse.query(text.replace(/;$/, ""))).flat().sort()]).toEqual([
        name,
        byDuckdb,
      ]);
    expect(byDuckdb.length).toBeGreaterThan(0);
  }

  const places = clickhouseTexts({ ...base, columns: ["object"], condition: oneOf("event_id", "made-150") });
  expect(await clickhouse.query(places.objects.replace(/;$/, ""))).toEqual([
    [`${stack.trailId}/${folderOf(now)}/made.json`],
  ]);
  // It needs a cluster to run.
  const onCluster = first.objects
    .replace("s3(audit_logs", "s3Cluster('default', audit_logs")
    .replace(/;$/, "");
  expect((await clickhouse.query(`explain syntax ${onCluster}`)).flat().join("\n")).toContain("s3Cluster(");
  const counted = clickhouseTexts({ ...base, isCount: true });
  const byType = clickhouseTexts({ ...base, by: ["event_type", "details.folder_id"], isCount: false });
  const all = await clickhouse.query(counted.objects.replace(/;$/, ""));
  expect(await clickhouse.query(counted.table.replace(/;$/, ""))).toEqual(all);
  expect((await clickhouse.query(byType.objects.replace(/;$/, ""))).length).toBeGreaterThan(20);
  const everything = clickhouseTexts({ ...base, range: "all", isCount: true });
  expect(await clickhouse.query(everything.objects.replace(/;$/, ""))).toEqual(all);
});
