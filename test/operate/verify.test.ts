import type { LifecycleRule } from "../../api/bucketSettings";
import { exitCodes } from "../../operate/exitCodes";
import { verifyCommand } from "../../operate/verify";
import { tampered } from "../../operate/verify/integrity";

const day = 86_400_000;
const put = Date.UTC(2026, 0, 10, 12);

describe("a delete marker above a log", () => {
  const judged = (days: number, rule: LifecycleRule, rulesSince = 0) => {
    const at = put + days * day;
    const of = { key: "logs/t/2026/01/10/a.json", size: 1 };
    const marker = { ...of, versionId: "m", isLatest: true, isDeleteMarker: true, at };
    const version = { ...of, versionId: "v", isLatest: false, isDeleteMarker: false, at: put };
    const { faults, unclear } = tampered(new Map([[of.key, [marker, version]]]), {
      ...{ rules: [rule], rulesSince, now: at + day, records: [], accountId: "aje" },
      isNew: () => true,
    });
    return faults.length > 0 ? "bad" : unclear.length > 0 ? "unknown" : "good";
  };
  const expiration = { days: 30 };

  test.each<[string, number, LifecycleRule, string]>([
    ["at the age of its rule", 30, { enabled: true, expiration }, "good"],
    ["just before", 29.99, { enabled: true, expiration }, "bad"],
    ["of a rule that is off", 40, { enabled: false, expiration }, "bad"],
    ["of a rule for its prefix", 40, { enabled: true, expiration, filter: { prefix: "logs/" } }, "good"],
    ["of a rule for another prefix", 40, { enabled: true, expiration, filter: { prefix: "x/" } }, "bad"],
    [
      "of a rule for larger objects",
      40,
      { enabled: true, expiration, filter: { objectSizeGreaterThan: 9 } },
      "unknown",
    ],
    ["after the date of a rule", 40, { enabled: true, expiration: { date: "2026-02-01T00:00:00Z" } }, "good"],
    ["before the date of a rule", 10, { enabled: true, expiration: { date: "2026-02-01T00:00:00Z" } }, "bad"],
  ])("%s, made after %d days, is %4$s", (_how, days, rule, expected) => {
    expect(judged(days, rule)).toBe(expected);
  });

  test("that no present rule explains may be of an earlier rule, unless the log was younger than a day", () => {
    const off = { enabled: false, expiration };
    expect(judged(40, off, put + 41 * day)).toBe("unknown");
    expect(judged(0.9, off, put + 41 * day)).toBe("bad");
  });
});

describe("a delete marker without any other version", () => {
  const rules = [{ enabled: true, expiration: { days: 30 }, noncurrentExpiration: { noncurrentDays: 10 } }];
  const judged = (key: string, markedAt: number, now: number, of = rules) => {
    const marker = { key, versionId: "m", isLatest: true, isDeleteMarker: true, at: markedAt, size: 0 };
    const { faults, unclear } = tampered(new Map([[key, [marker]]]), {
      ...{ rules: of, rulesSince: 0, now, records: [], accountId: "aje" },
      isNew: () => true,
    });
    return faults.length > 0 ? "bad" : unclear.length > 0 ? "unknown" : "good";
  };

  // The day of the key bounds the time at which the object was put.
  test.each([
    ["after the days of both rules", "t/2026/01/10/a.json", 31.6, 12, "good"],
    ["too early, by the day in its key", "t/2026/01/10/a.json", 20, 20, "bad"],
    ["within the day that decides", "t/2026/01/10/a.json", 30, 12, "unknown"],
    ["within the month that decides, in older keys", "t/2026/01/a.json", 31.6, 12, "unknown"],
    ["with a version gone too soon", "t/2026/01/10/a.json", 31.6, 5, "bad"],
    ["with a key that has no day", "t/a.json", 31.6, 12, "unknown"],
  ])("%s is %4$s", (_how, key, markedAfter, nowAfter, expected) => {
    const at = put + markedAfter * day;
    expect(judged(key, at, at + nowAfter * day)).toBe(expected);
  });

  test("without a rule that deletes, somebody made it", () => {
    expect(judged("t/2026/01/10/a.json", put + 40 * day, put + 60 * day, [])).toBe("bad");
  });
});

test.each([
  ["--wait", "0"],
  ["--wait", "1.5"],
  ["--newest-within", "an hour"],
  ["--newest-within", "1441"],
])("%s %s is refused", async (option, value) => {
  const command = verifyCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  await expect(command.parseAsync(["--stack", "dev", option, value], { from: "user" })).rejects.toThrow(
    "It must be a whole number of minutes, 1 to 1440.",
  );
  expect(exitCodes.usage).toBe(3);
});
