import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Version } from "../../../api/objects";
import { UsageError } from "../../../operate/exitCodes";
import { day } from "../../../operate/verify/check";
import { readMemory, type TrailMemory, writeMemory } from "../../../operate/verify/memory";
import { goneSince, remember } from "../../../operate/verify/seen";
import { makeFolder } from "../../support/folder";
import { checkOf, linesOf, Stack } from "./stack";

describe("a version that was permanently deleted since the last run", () => {
  test("is found by its name, also on the day of that run, and if later versions restore the count", async () => {
    await using stack = await Stack.start();
    const key = stack.deliver();
    const { memory } = await stack.verify();
    stack.delete(key, stack.versionsOf(key)[0]?.versionId);
    stack.deliver();
    stack.deliver();
    const check = checkOf(await stack.verify({ memory }), "integrity");
    expect(linesOf(check)).toMatch(
      new RegExp(
        `^${key} \\(version \\w+\\), written at \\S+Z, was permanently deleted since the last run$`,
        "m",
      ),
    );
    expect(check.result).toBe("bad");
  });

  test.each([
    ["of another prefix", [{ enabled: true, filter: { prefix: "tmp/" }, expiration: { days: 1 } }]],
    [
      "for old versions of another prefix",
      [{ enabled: true, filter: { prefix: "tmp/" }, noncurrentExpiration: { noncurrentDays: 1 } }],
    ],
    ["that expires logs later", [{ enabled: true, expiration: { days: 30 } }]],
    [
      "that deletes old versions, of which it was none",
      [{ enabled: true, noncurrentExpiration: { noncurrentDays: 1 } }],
    ],
  ])("is found days later too, with any rule %s", async (_which, lifecycleRules) => {
    await using stack = await Stack.start();
    stack.set({ lifecycleRules });
    const key = stack.deliver();
    stack.pass({ hours: 5 * 24 });
    const { memory } = await stack.verify();
    stack.delete(key, stack.versionsOf(key)[0]?.versionId);
    const check = checkOf(await stack.verify({ memory }), "integrity");
    expect([check.result, linesOf(check)]).toEqual(["bad", expect.stringContaining(`${key} (version`)]);
  });

  test.each([
    ["now", false],
    ["then, and is longer now", true],
  ])("by the present lifecycle %s is no finding", async (_when, isChanged) => {
    await using stack = await Stack.start();
    const rule = { expiration: { days: 2 }, noncurrentExpiration: { noncurrentDays: 1 } };
    stack.set({ lifecycleRules: [{ enabled: true, ...rule }] });
    const key = stack.deliver();
    const { memory } = await stack.verify();
    stack.pass({ hours: 3 * 24 });
    stack.pass({ hours: 3 * 24 });
    expect(stack.versionsOf(key).filter(({ isDeleteMarker }) => !isDeleteMarker)).toEqual([]);
    if (isChanged) stack.set({ lifecycleRules: [{ enabled: true, expiration: { days: 365 } }] });
    const check = checkOf(await stack.verify({ memory }), "integrity");
    expect(linesOf(check)).not.toContain("permanently deleted");
  });

  test("is found in a bucket without versioning, and so is an overwritten one", async () => {
    await using stack = await Stack.start({ isEncrypted: false });
    // As a bucket is before versioning is ever on.
    const bucket = stack.cloud.buckets.require("audit-logs");
    stack.cloud.buckets.require = () => ({ ...bucket, versioning: "VERSIONING_DISABLED" });
    const [gone, changed] = [stack.deliver(), stack.deliver()];
    const { memory } = await stack.verify();
    stack.delete(gone);
    stack.pass({ minutes: 1 });
    stack.put(changed, "[]");
    const check = checkOf(await stack.verify({ memory }), "integrity");
    expect(check.details).toEqual(
      expect.arrayContaining([
        expect.stringMatching(`^${gone}, written at \\S+, was permanently deleted`),
        expect.stringMatching(`^${changed}, written at \\S+, was overwritten at`),
      ]),
    );
  });

  test("is unknown once if the last run kept only counts, and is found in later runs", async () => {
    await using stack = await Stack.start();
    const key = stack.deliver();
    const { memory } = await stack.verify();
    const { seen: _, ...earlier } = memory[stack.trailId] as TrailMemory;
    stack.delete(key, stack.versionsOf(key)[0]?.versionId);
    stack.deliver();
    const once = await stack.verify({ memory: { [stack.trailId]: earlier } });
    expect(checkOf(once, "integrity")).toMatchObject({
      result: "unknown",
      details: [expect.stringContaining("older format")],
    });
    expect(checkOf(await stack.verify({ memory: once.memory }), "integrity").result).toBe("good");
  });
});

test("a run without an earlier one does not report permanently deleted versions", async () => {
  await using stack = await Stack.start();
  stack.deliver();
  expect(linesOf(checkOf(await stack.verify(), "integrity"))).toMatch(
    /hidden by a delete marker.* Use --since to detect permanently deleted versions\.$/,
  );
});

test("an object that somebody else put under the trail's prefix is reported if the trail records it", async () => {
  await using stack = await Stack.start();
  const filter = {
    service: "storage",
    resourceScopes: [{ id: stack.cloud.organizationId, type: "organization-manager.organization" }],
  };
  const trail = stack.cloud.trails.all()[0];
  stack.cloud.trails.update(
    { ...stack.stranger, subject: stack.cloud.deployer },
    {
      trailId: stack.trailId,
      filteringPolicy: { ...trail?.filteringPolicy, dataEventsFilters: [filter] } as never,
    },
    ["filtering_policy"],
  );
  stack.put(`${stack.trailId}/2026/11/29/false.json`, "[]");
  // The same elsewhere is nobody's business.
  stack.put("elsewhere/false.json", "[]");
  stack.deliver();
  const check = checkOf(await stack.verify(), "integrity");
  expect(check.details).toEqual([
    expect.stringMatching(/^\S+false\.json was written at \S+ by .*, not by the trail's account$/),
  ]);
});

describe("the memory of many versions", () => {
  const start = Date.UTC(2016, 0, 1);
  const version = (i: number): Version => ({
    ...{ key: `t/2016/01/01/${i}.json`, versionId: `v${i}`, at: start + i * 300_000, size: 9 },
    ...{ isLatest: true, isDeleteMarker: false },
  });
  const all = (count: number) =>
    new Map(Array.from({ length: count }, (_, i) => [`t/2016/01/01/${i}.json`, [version(i)]]));
  const around = { rules: [], isVersioned: true, keyPrefix: "t/", through: Number.POSITIVE_INFINITY };

  test("is small, and finds one that is gone by its day, or where it is new by its name", () => {
    const versions = all(100_000);
    const seen = remember("b/t/", versions, []);
    expect(JSON.stringify(seen).length).toBeLessThan(500_000);
    const now = start + 400 * day;
    expect(goneSince(seen, versions, { ...around, now })).toEqual({ faults: [], unclear: [] });
    versions.delete("t/2016/01/01/99999.json");
    versions.delete("t/2016/01/01/300.json");
    expect(goneSince(seen, versions, { ...around, now }).faults).toEqual([
      expect.stringMatching(/^t\/2016\/01\/01\/99999\.json \(version v99999\), written at/),
      "1 of 288 versions that were written on 2016-01-02 were permanently deleted since the last run",
    ]);
  });

  test.each([
    ["old enough for the rules", 40, "lifecycle"],
    ["partly old enough", 21, "unclear"],
    ["too young", 10, "deleted"],
  ])("by its day, %s, the finding is the same", (_how, days, expected) => {
    const versions = all(600);
    const seen = remember("b/t/", versions, [], 0);
    versions.delete("t/2016/01/01/300.json");
    const rules = [{ enabled: true, expiration: { days: 15 }, noncurrentExpiration: { noncurrentDays: 20 } }];
    const { faults, unclear } = goneSince(seen, versions, {
      ...around,
      rules,
      now: start + (days + 1) * day,
    });
    expect(faults.length > 0 ? "deleted" : unclear.length > 0 ? "unclear" : "lifecycle").toBe(expected);
  });
});

describe("the file of --since", () => {
  const seen = remember("b/t/", new Map(), [{ enabled: true, expiration: { days: 1 } }]);
  const memory = { t: { through: 1, last: ["k v"], seen } };

  test("is read as it was written, and a missing file means a first run", () => {
    using folder = makeFolder();
    const file = join(folder.path, "since.json");
    expect(readMemory(file, "dev")).toEqual({});
    writeMemory(file, "dev", memory);
    expect(readMemory(file, "dev")).toEqual(memory);
  });

  test("of the first format is read, also with missing times", () => {
    using folder = makeFolder();
    const file = join(folder.path, "since.json");
    const first = { through: 5, last: ["k v"], days: { "2026-01-10": 2 }, lastEvent: null };
    const trails = { t: first, spoilt: { ...first, through: null } };
    writeFileSync(file, JSON.stringify({ version: 1, stack: "dev", trails }));
    expect(readMemory(file, "dev")).toEqual({ t: { through: 5, last: ["k v"], lastEvent: undefined } });
  });

  test.each([
    [
      "of another stack",
      JSON.stringify({ version: 1, stack: "prod", trails: {} }),
      /is of stack prod, not of dev/,
    ],
    ["of something else", "[]", /was not written by audit-trails verify/],
    ["that is broken", "{", /was not written by audit-trails verify/],
    [
      "whose names are broken",
      JSON.stringify({
        ...{ version: 2, stack: "dev" },
        trails: { t: { ...memory.t, seen: { ...seen, names: "H4sI" } } },
      }),
      /was not written by audit-trails verify/,
    ],
  ])("%s is refused", (_what, text, says) => {
    using folder = makeFolder();
    const file = join(folder.path, "since.json");
    writeFileSync(file, text);
    expect(() => readMemory(file, "dev")).toThrow(UsageError);
    expect(() => readMemory(file, "dev")).toThrow(says);
  });
});
