import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expectReport, keptNames, keptPreview } from "../support/diffCases";
import { hardenedChanges, otherChanges, unprotectedChanges } from "../support/diffChanges";

/** The verdicts that apply to each change, by its name. */
const verdicts = Object.fromEntries([
  ...Object.entries(hardenedChanges).map(([name, [, applies]]) => [name, applies] as const),
  ...Object.entries(unprotectedChanges).map(([name, [, applies]]) => [name, applies] as const),
  ...Object.entries(otherChanges),
]);

// Real previews, which test/engine/diff.long.test.ts makes again and compares.
test.each(Object.entries(verdicts))(
  "a real preview of %s has the verdicts %j and the text in docs/diff",
  (name, applies) => {
    expect(expectReport(name, keptPreview(name)).applies).toEqual(applies);
  },
);

test("each kept preview and each text of docs/diff is of one of these changes", () => {
  const texts = readdirSync(join(__dirname, "..", "..", "docs", "diff")).flatMap(
    (name) => /^([a-z-]+)\.md$/.exec(name)?.[1] ?? [],
  );
  const names = Object.keys(verdicts).sort();
  expect([...keptNames].sort()).toEqual(names);
  expect(texts.sort()).toEqual(names);
});

test("drift and the changes of the program are reported separately", () => {
  const { drift } = expectReport("drift", keptPreview("drift"));
  expect(drift?.rows.map(({ name, effect }) => [name, effect])).toEqual([
    ["roles that it lacks", "stop"],
    ["public access", "weaker"],
    ["policy", "weaker"],
    ["roles", undefined],
  ]);
});

test("in a larger program only the resources of the library are reported", () => {
  const printed = keptPreview("extra-role");
  expect(printed.preview).toContain("another-shop");
  expect(JSON.stringify(expectReport("extra-role", printed).rows)).not.toContain("shop");
});
