import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TrailParts } from "../../api/trails";
import { explainFailure } from "../../components/engine/failures";
import { describeFault } from "../../components/engine/faultSentences";
import type { TrailFault } from "../../components/engine/trailFaults";

const page = readFileSync("docs/troubleshooting.md", "utf8");
/** Messages of the page by section, each as its parts between names and ids. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text): [string, string[][]] => {
      const rows = [...text.matchAll(/^\| `([^`]+)` \|/gm)].map(([, message = ""]) => message.split(/ ?… ?/));
      return [text.split("\n", 1)[0] ?? "", rows];
    }),
);
const messages = [...sections.values()].flat();

/** Checks whether a text has all parts of a message in their order. */
function has(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}

/** Text of a source file in which a string that is written in several pieces stands in one. */
const whole = (source: string) => source.replace(/["`]\s*\+\s*["`]/g, "").replace(/\s+/g, " ");
const sources = ["components", "operate", "tools/package"].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => whole(readFileSync(join(folder, file), "utf8"))),
);
sources.push(
  ...readdirSync(".").flatMap((file) => (file.endsWith(".cjs") ? [whole(readFileSync(file, "utf8"))] : [])),
);

test("the page has the sections and rows that this file reads", () => {
  expect([...sections.keys()]).toHaveLength(6);
  for (const [title, rows] of sections) expect([title, rows.length > 4]).toEqual([title, true]);
});

test.each(messages.map((parts) => [parts.join(" … "), parts] as const))(
  "the code has: %s",
  (_message, parts) => {
    expect(sources.some((text) => has(text, parts))).toBe(true);
  },
);

describe("each message has a row:", () => {
  const deployment = sections.get("A deployment fails") ?? [];
  const trail = sections.get("The trail does not work") ?? [];
  const inputs = { folderId: "b1gfolder", bucket: "audit-logs" };
  const bucket = {
    type: "yandex:index/storageBucket:StorageBucket",
    name: "logs",
    operation: "create",
    inputs,
  } as const;

  const codes = [
    ...["PermissionDenied", "AccessDenied", "Forbidden", "NotFound", "NoSuchBucket", "Unauthenticated"],
    ...["AlreadyExists", "BucketAlreadyExists", "ResourceExhausted", "BucketNotEmpty"],
  ];
  test.each(codes)("code %s", (code) => {
    const text = explainFailure({ ...bucket, error: `${code}: x` }) ?? "";
    expect(deployment.filter((parts) => has(text, parts))).not.toEqual([]);
    expect(page).toContain(`\`${code}\``);
  });

  test("these are the codes that the code explains", () => {
    const source = readFileSync("components/engine/failures.ts", "utf8");
    const [, table = ""] =
      /const advice: Readonly<Record<string, Advice>> = \{\n([\s\S]*?)\n\};/.exec(source) ?? [];
    expect([...table.matchAll(/^ {2}(\w+):/gm)].map(([, code]) => code).sort()).toEqual([...codes].sort());
  });

  const parts: TrailParts = { serviceAccountId: "aje1", bucketName: "audit-logs", scopes: [] };
  const faults: { readonly [Kind in TrailFault["kind"]]: Extract<TrailFault, { kind: Kind }> } = {
    missingRole: {
      kind: "missingRole",
      role: "storage.uploader",
      on: [{ type: "storage.bucket", id: "e3e1" }],
    },
    missingBucket: { kind: "missingBucket" },
    policy: { kind: "policy" },
    limit: { kind: "limit", maxSize: 1 },
    missingKey: { kind: "missingKey", keyId: "abj1" },
    unusableKey: { kind: "unusableKey", keyId: "abj1", status: "INACTIVE" },
  };
  test.each(Object.values(faults))("fault $kind", (fault) => {
    const text = describeFault(fault, parts);
    expect(trail.filter((row) => has(text, row))).not.toEqual([]);
  });

  test("reasons why adopt refuses", () => {
    const source = whole(readFileSync("operate/adopt/refusals.ts", "utf8"));
    const texts = [...source.matchAll(/`((?:Trail|Bucket|Key|Service account|The) [^`]*)`/g)].map(
      ([, text = ""]) => text.replace(/\$\{[^}]*\}/g, "x"),
    );
    expect(texts.length).toBeGreaterThan(8);
    const rows = sections.get("adopt refuses") ?? [];
    // What stands behind the colon is a fault of trailSettings.ts.
    const unknown = texts.filter((text) => text !== "Trail x: x." && !rows.some((row) => has(text, row)));
    expect(unknown).toEqual([]);
  });
});
