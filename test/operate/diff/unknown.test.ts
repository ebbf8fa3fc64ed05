import { markdownOf } from "../../../operate/diff/markdown";
import { reportOn } from "../../../operate/diff/report";
import { textOf } from "../../../operate/diff/text";
import { management, scope } from "../../support/diffReports";
import { exported, preview, secretOf, stack, theirs, urnOf } from "../../support/engineOutput";

describe("the report is unknown", () => {
  const same = stack();
  const error = (message: string, urn?: string) => ({ severity: "error", message, urn });
  const refusal = (urn: string) =>
    error(
      `error: Preview failed: resource "${urn}" cannot be deleted\nbecause it is protected. To unprotect`,
      urn,
    );
  const shop = urnOf("yandex:index/storageBucket:StorageBucket", "shop");
  test.each<[string, string, string | undefined, RegExp]>([
    ["nothing at all", "", undefined, /no JSON/],
    ["text", "error: no stack selected", undefined, /no JSON/],
    [
      "JSON that is cut off",
      preview(same, stack({ key: { name: "x" } })).slice(0, -20),
      exported(same),
      /broken or cut off/,
    ],
    ["JSON of something else", '{"resource_changes": []}', exported(same), /not the whole output/],
    [
      "JSON of another kind",
      '{"steps": 3, "changeSummary": {}}',
      exported(same),
      /steps is missing or of another kind/,
    ],
    [
      "a state that is no state",
      preview(same, same),
      '{"version": 3}',
      /not the output of `pulumi stack export`/,
    ],
    [
      "a failed preview",
      preview(same, same, { diagnostics: [error("boom")] }),
      exported(same),
      /preview failed/,
    ],
    [
      "a denied preview",
      preview(same, same, { diagnostics: [error("rpc error: PermissionDenied")] }),
      exported(same),
      /denied/,
    ],
    [
      "a preview that a policy pack refused, which the JSON does not show",
      preview(same, same, { diagnostics: [error("error: preview failed\n")] }),
      exported(same),
      /preview failed/,
    ],
    [
      "protection of others' resources",
      preview(same, same, { diagnostics: [refusal(shop)] }),
      exported(same),
      /preview failed/,
    ],
    [
      "no state, and something is left out",
      preview(same, stack({ key: { name: "x" } })),
      undefined,
      /Give the state too/,
    ],
    [
      "a state of another stack",
      preview(same, same),
      exported(same).replaceAll(":prod::", ":dev::"),
      /different stacks/,
    ],
    [
      "an older state",
      preview(same, stack({ key: { name: "x" } })),
      exported(same.slice(0, 1)),
      /lacks a resource/,
    ],
    ["nothing of ours", preview([], []), exported([theirs("a:b:C", "c", {})]), /Neither/],
  ])("from %s", (_, printed, state, reason) => {
    const report = reportOn({ preview: printed, state });
    expect(report.applies).toEqual(["unknown"]);
    expect(report.obstacles[0]?.reason).toMatch(reason);
    expect(markdownOf(report)).not.toContain("unchanged");
    expect(textOf(report)).toContain(": unknown");
  });

  test("where a secret value changes", () => {
    const before = stack({ bucket: { maxSize: secretOf("1") } });
    const after = stack({ bucket: { maxSize: "[secret]" } });
    const printed = { preview: preview(before, after, { changed: ["maxSize"] }), state: exported(before) };
    expect(reportOn(printed).applies).toEqual(["unknown"]);
    expect(reportOn({ ...printed, preview: preview(before, after, { changed: ["tags"] }) }).applies).toEqual([
      "unchanged",
    ]);
  });

  test("where secret events change", () => {
    const before = stack({ trail: management(scope("folder", secretOf("f") as never)) });
    const after = stack({ trail: management(scope("folder", "[secret]")) }).map((one) => ({
      ...one,
      protect: false,
    }));
    const printed = {
      preview: preview(before, after, { changed: ["filteringPolicy"] }),
      state: exported(before),
    };
    expect(reportOn(printed).applies).toContain("unknown");
    expect(reportOn({ ...printed, preview: preview(before, after) }).applies).not.toContain("unknown");
  });

  test("if --stack names another stack", () => {
    const report = reportOn({ preview: preview([], same), state: exported([]), stack: "dev" });
    expect(report.obstacles[0]?.reason).toMatch(/different stacks/);
  });
});
