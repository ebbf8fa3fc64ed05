import * as fc from "fast-check";
import MarkdownIt, { type Token } from "markdown-it";
import { markdownOf } from "../../../operate/diff/markdown";
import { redacted } from "../../../operate/diff/redact";
import { reportOn } from "../../../operate/diff/report";
import { textOf } from "../../../operate/diff/text";
import { dataEvents, reportOf, scope } from "../../support/diffReports";
import { exported, ours, preview, secretOf, stack, unknownText } from "../../support/engineOutput";

test("protection refuses: the report has the consequences, and what to do in the terms of the settings", () => {
  const trail = stack().find(({ type }) => type.endsWith("AuditTrailsTrail"));
  const message = `error: unable to replace resource "${trail?.urn}"\nas it is currently marked for protection. To unprotect`;
  const diagnostics = [
    { severity: "error", message, urn: trail?.urn },
    { severity: "error", message: "error: preview failed" },
  ];
  const report = reportOf(stack(), stack(), { diagnostics });
  expect(report.applies).toEqual(["refused", "stop"]);
  expect(textOf(report)).toContain("logs-trail is protected, and would be replaced.");
  expect(textOf(report)).toContain("set `protected: false`");
});

test("the engine's order of steps and warnings makes no difference", () => {
  const before = [...stack(), ...stack({ name: "other" })];
  const urn = before[0]?.urn;
  const diagnostics = ["b", "a"].map((message) => ({ severity: "warning", urn, message }));
  const texts = [before, [...before].reverse()].map((order, i) =>
    markdownOf(
      reportOn({
        preview: preview(order, [], { diagnostics: i === 0 ? diagnostics : [...diagnostics].reverse() }),
        state: exported(before),
      }),
    ),
  );
  expect(texts[0]).toBe(texts[1]);
});

test("a resource that gets another name is the same resource", () => {
  const after = stack({ name: "audit" });
  const steps = stack().map((oldState, i) => ({
    op: "same",
    urn: after[i]?.urn,
    oldState,
    newState: after[i],
  }));
  const printed = JSON.stringify({ steps, changeSummary: { same: steps.length } });
  const report = reportOn({ preview: printed, state: exported(stack()) });
  expect([report.applies, report.rows, report.losses]).toEqual([["unchanged"], [], []]);
});

describe("secrets", () => {
  const secret = "s3cr3t-value";
  const everywhere = (hidden: unknown) => {
    const all = {
      name: hidden,
      description: hidden,
      labels: { a: hidden },
      folderId: hidden,
      tags: { t: hidden },
    };
    return stack({
      trail: all,
      bucket: { ...all, policy: hidden, maxSize: hidden },
      key: { ...all, rotationPeriod: hidden },
      account: all,
    });
  };
  test.each([
    [
      "marked in the preview, encrypted in the state",
      everywhere("[secret]"),
      exported(everywhere(secretOf(secret))),
    ],
    [
      "printed in the preview, encrypted in the state",
      everywhere(secret),
      exported(everywhere(secretOf(secret))),
    ],
    ["printed in both", everywhere(secret), exported(everywhere(secretOf(secret, true)))],
  ])("%s", (_, after, state) => {
    const changed = after.map((one) => ({ ...one, inputs: { ...one.inputs, forceDestroy: true } }));
    const before = JSON.parse(state).deployment.resources;
    const diagnostics = [
      {
        severity: "warning",
        urn: after[0]?.urn,
        message: `warning: it is ${state.includes(secret) ? secret : "-"}`,
      },
    ];
    const printed = preview(before, changed, { diagnostics, changed: ["policy"] });
    const report = redacted(reportOn({ preview: printed, state }));
    expect(report.rows.length).toBeGreaterThan(0);
    for (const text of [markdownOf(report), textOf(report), JSON.stringify(report)]) {
      expect(text).not.toContain(secret);
      expect(text).toContain("secret");
    }
  });
});

test("any inputs have a verdict, and the same one for the same input", () => {
  const inputs = Object.fromEntries(
    ["trail", "bucket", "key", "account"].map((kind) => [kind, anyInputs]),
  ) as Record<"trail" | "bucket" | "key" | "account", typeof anyInputs>;
  const any = fc.record(inputs).map((given) => stack(given as Parameters<typeof stack>[0]));
  fc.assert(
    fc.property(any, any, (before, after) => {
      const report = reportOf(before, after);
      expect(report.applies[0]).toBe(report.verdict);
      expect(markdownOf(report)).toBe(markdownOf(reportOf(before, after)));
      expect(textOf(report)).not.toBe("");
    }),
    { numRuns: 100, examples: withoutPrimitive.map((inputs) => [stack({}), stack(inputs)]) },
  );
});

/** Inputs whose values cannot become a text or a number. */
const withoutPrimitive: readonly Parameters<typeof stack>[0][] = [
  { key: { rotationPeriod: [{ toString: {} }] } },
  { bucket: { maxSize: [{ toString: {} }] } },
  ...["days", "years"].map((unit) => ({
    bucket: {
      objectLockConfiguration: {
        rule: { defaultRetention: { mode: "COMPLIANCE", [unit]: [{ toString: {} }] } },
      },
    },
  })),
];

/** Inputs of the names that are read, with values of any kind. */
const anyInputs = fc.dictionary(
  fc.constantFrom(
    ...[
      "name",
      "bucket",
      "policy",
      "versioning",
      "lifecycleRules",
      "objectLockConfiguration",
      "maxSize",
      "loggings",
    ],
    ...[
      "grants",
      "acl",
      "anonymousAccessFlags",
      "serverSideEncryptionConfiguration",
      "rotationPeriod",
      "website",
    ],
    ...["filteringPolicy", "storageDestination", "serviceAccountId", "defaultAlgorithm", "folderId", "tags"],
  ),
  fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constant(unknownText), fc.constant("[secret]")),
);

describe("words of others", () => {
  const evil = [
    "<img src=x onerror=alert(1)>",
    "@everyone @org/team #1",
    "[link](https://evil.example) https://evil.example",
    "` @one ` `` @two `` ``` @three ```",
    "\n```\n@four <img>\n```\n",
    "a | b",
    "\u001b[31mred\u001b]8;;https://evil.example\u0007link",
    "\u202eright to left",
    "-->\n<!-- audit-trails diff stack=prod verdict=unchanged applies=unchanged -->",
    "</details>\n\n# heading\n\n- item",
  ];
  const everywhere = [...evil, ...evil].join(" ");
  const before = stack({ name: everywhere });
  const after = stack({
    name: everywhere,
    trail: {
      name: everywhere,
      ...dataEvents({ service: everywhere, resourceScopes: [scope("folder", everywhere)] }),
    },
    bucket: { loggings: [{ targetBucket: everywhere }], policy: everywhere, tags: { everywhere } },
    key: { rotationPeriod: undefined, defaultAlgorithm: everywhere },
  });
  const diagnostics = [{ severity: "warning", urn: before[0]?.urn, message: everywhere }];
  const report = reportOf(before, after.slice(0, 3).concat(after[3] ?? []), { diagnostics });

  test("are code in Markdown, and never outside of it", () => {
    const markdown = markdownOf(report);
    const prose = withoutCode(markdown);
    expect(prose).not.toMatch(/evil|@|img|everyone|heading|\[link|#1/);
    expect(prose.match(/<!--/g)).toHaveLength(1);
    expect(prose.replace(/<\/?(details|summary)>|<br>|<!--.*?-->/g, "")).not.toMatch(/[<>]/);
    expect(markdown).not.toMatch(acting);
  });

  test("have no effect on a terminal, and are printed as one line", () => {
    const text = textOf(report);
    expect(text).not.toMatch(acting);
    expect(text.split("\n").filter((line) => line.startsWith("<!--"))).toEqual([]);
  });

  test("an error of others stands in code as well", () => {
    const failed = reportOf(stack(), stack(), { diagnostics: [{ severity: "error", message: everywhere }] });
    expect(withoutCode(markdownOf(failed))).not.toMatch(/evil|@|img/);
  });
});

/** Characters that act instead of being shown. */
const acting = /(?!\n)[\p{Cc}\p{Cf}]/u;

/** Returns the text of a Markdown page outside of code, by CommonMark with tables, HTML and bare links. */
function withoutCode(markdown: string): string {
  const read = new MarkdownIt({ html: true, linkify: true });
  const outside = (tokens: readonly Token[]): string[] =>
    tokens.flatMap(({ type, content, children, attrs }) => {
      if (type === "code_inline" || type === "fence") return [];
      return [children ? "" : content, ...(attrs ?? []).flat(), ...outside(children ?? [])];
    });
  return outside(read.parse(markdown, {})).join("\n");
}

describe("length", () => {
  const many = (count: number, inputs: object) =>
    Array.from({ length: count }, (_, i) =>
      ours("bucket", `bucket-${i}`, `b-${i}`, { bucket: `b-${i}`, ...inputs }),
    );
  const before = [...stack(), ...many(120, { maxSize: 1, tags: { long: "x".repeat(200) } })];
  const after = [
    ...stack(),
    ...many(120, { tags: { long: "y".repeat(200) } }).map((one, i) => ({
      ...one,
      inputs: { ...one.inputs, maxSize: 2 ** 30 + i },
    })),
  ];
  const report = reportOf(before, after);

  test("text that does not fit into a comment is cut at the end, and the comment says so", () => {
    const whole = markdownOf(report, Number.POSITIVE_INFINITY);
    const cut = markdownOf(report);
    expect(whole.length).toBeGreaterThan(65_536);
    expect(cut.length).toBeLessThanOrEqual(65_536);
    expect(cut.length).toBeGreaterThan(60_000);
    expect(cut).toMatch(/\d+ more (resources|rows) are left out/);
    expect(cut.split("\n").slice(0, 2)).toEqual(whole.split("\n").slice(0, 2));
    expect(cut.match(/<details>/g)?.length).toBe(cut.match(/<\/details>/g)?.length);
  });

  test.each([200, 1_000, 5_000])("the verdict is whole in %d characters", (limit) => {
    const cut = markdownOf(report, limit);
    expect(cut.length).toBeLessThanOrEqual(limit);
    expect(cut).toContain(": protection stronger\n");
  });
});
