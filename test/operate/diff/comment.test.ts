import { markdownOf } from "../../../operate/diff/markdown";
import { reviewedIn } from "../../../operate/diff/marker";
import { reportOn } from "../../../operate/diff/report";
import { textOf } from "../../../operate/diff/text";
import { exported, ours, preview, stack } from "../../support/engineOutput";

const scope = (resourceId: string, what = "cloud") => ({
  resourceId,
  resourceType: `resource-manager.${what}`,
});
const management = (...resourceScopes: object[]) => ({
  filteringPolicy: { managementEventsFilter: { resourceScopes } },
});
const trails = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    ours("trail", `more-${String(i).padStart(3, "0")}`, `t-${i}`, {
      name: `more-${i}`,
      serviceAccountId: "account-id",
      storageDestination: { bucketName: "audit-logs", objectPrefix: `p${i}` },
      ...management(scope(`f${i}`, "folder")),
    }),
  );

/** Retention cut to 30 days, the organization's trail narrowed to a cloud, and many new trails that come first by their names. */
const before = stack({
  bucket: { lifecycleRules: [{ id: "logs", enabled: true, expiration: { days: 365 } }] },
});
const after = (count: number) => [
  ...trails(count),
  ...stack({
    trail: management(scope("c")),
    bucket: { lifecycleRules: [{ id: "logs", enabled: true, expiration: { days: 30 } }] },
  }),
];
const warnings = Array.from({ length: 150 }, (_, i) => ({
  severity: "warning",
  urn: before[0]?.urn,
  message: `warning: Trail "more-${i}" collects data events of KMS and delivers to an encrypted bucket. ${"x".repeat(400)}`,
}));
const report = reportOn({
  preview: preview(before, after(150), { diagnostics: warnings }),
  state: exported(before),
});

test("a comment that was cut shows each harm first, in one line", () => {
  const cut = markdownOf(report, 8_000);
  expect(cut.length).toBeLessThanOrEqual(8_000);
  const items = cut.split("\n").filter((line) => line.startsWith("- "));
  expect(items.slice(0, 2)).toEqual([
    "- logs would become unreadable or deletable. The service deletes logs that are older, including existing ones. " +
      "bucket `logs-bucket`: retention: `deleted after 365 days` to `deleted after 30 days`",
    expect.stringMatching(/^- coverage narrower\. .*management events: `organization org` to `cloud c`$/),
  ]);
  expect(cut).toMatch(/\d+ more lines are left out: run audit-trails diff\.\n/);
  expect(reviewedIn(cut, "prod")).toEqual(reviewedIn(markdownOf(report, Number.POSITIVE_INFINITY), "prod"));
});

test("invisible harm does not count as reviewed, for any length of the comment", () => {
  const harms = {
    unreadable: /^- logs would become/m,
    narrower: /^- coverage narrower/m,
    stop: /^- delivery would stop/m,
  };
  for (const limit of [300, 400, 500, 600, 700, 900, 1_200, 3_000]) {
    const cut = markdownOf(report, limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    const reviewed: readonly string[] = reviewedIn(cut, "prod");
    for (const [verdict, line] of Object.entries(harms))
      if (reviewed.includes(verdict)) expect(cut).toMatch(line);
  }
  expect(reviewedIn(markdownOf(report, 300), "prod")).toEqual([]);
  expect(markdownOf(report, 500)).toContain("harm that does not count as reviewed");
});

test("warnings that differ in names alone are one, with their number", () => {
  for (const text of [markdownOf(report, Number.POSITIVE_INFINITY), textOf(report)]) {
    expect(text.replace(/\s+/g, " ")).toContain("(150 warnings of this kind)");
    expect(text.match(/collects data events of KMS/g)).toHaveLength(1);
  }
});

describe("an added trail has a sentence", () => {
  const added = (filter: object, standing = stack()) => {
    const trail = ours("trail", "app", "t", {
      serviceAccountId: "account-id",
      storageDestination: { bucketName: "audit-logs", objectPrefix: "app" },
      ...filter,
    });
    const { rows, applies } = reportOn({
      preview: preview(standing, [...standing, trail]),
      state: exported(standing),
    });
    return { applies, row: rows.find(({ name }) => name === "added") };
  };

  test("with its source and destination, the duplicate events and the quota", () => {
    expect(added(management(scope("f", "folder")))).toMatchObject({
      applies: expect.arrayContaining(["stronger"]),
      row: {
        after: ["delivers management events", "to bucket audit-logs, prefix app"],
        note: expect.stringMatching(/are delivered twice\. One more trail counts towards the quota/),
      },
    });
  });

  test("without duplicate events if no other trail records them", () => {
    const standing = stack({ trail: management(scope("f", "folder")) });
    const { applies, row } = added(management(scope("g", "folder")), standing);
    expect(applies).toContain("wider");
    expect(row?.note).toBe("One more trail counts towards the quota of its cloud.");
  });
});

describe("sentences", () => {
  const lock = (mode: string) => ({
    objectLockConfiguration: { objectLockEnabled: "Enabled", rule: { defaultRetention: { mode, days: 30 } } },
  });
  const textFor = (given: Parameters<typeof stack>[0]) =>
    textOf(reportOn({ preview: preview(stack(), stack(given)), state: exported(stack()) }));

  test("a lock without a bypass cannot be undone", () => {
    expect(textFor({ bucket: lock("COMPLIANCE") })).toMatch(
      /a new log for 30 days after its delivery\. Nobody can undo this/,
    );
    expect(textFor({ bucket: lock("GOVERNANCE") })).not.toContain("Nobody can");
  });

  test("data events are billed", () => {
    const dataEvents = {
      filteringPolicy: { dataEventsFilters: [{ service: "kms", resourceScopes: [scope("c")] }] },
    };
    expect(textFor({ trail: dataEvents })).toContain("Data events are billed.");
  });
});
