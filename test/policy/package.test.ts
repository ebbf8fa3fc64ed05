import { readFileSync } from "node:fs";
import { join } from "node:path";
import { policyOf } from "../../policy/rule";
import { rules } from "../../policy/rules";

const read = (file: string) => readFileSync(join(__dirname, "..", "..", "policy", file), "utf8");
const manifest = JSON.parse(read("package.json"));
const lock = JSON.parse(read("package-lock.json"));

test("the lock file is of these dependencies, and names no registry", () => {
  expect(lock.packages[""].dependencies).toEqual(manifest.dependencies);
  expect(read("package-lock.json")).not.toContain('"resolved"');
});

test("the README has the rules with their levels and descriptions", () => {
  const rows = rules.map(({ name, level, description }) => `| \`${name}\` | ${level} | ${description}`);
  expect(
    read("README.md")
      .split("\n")
      .filter((line) => /^\| `\S+` \| (mandatory|advisory) /.test(line)),
  ).toEqual(rows.map((row) => expect.stringContaining(row)));
});

test("the README's configuration names rules and settings that there are", () => {
  const [, example = ""] = /```json\n(.*?)```/s.exec(read("README.md")) ?? [];
  const { all, ...others } = JSON.parse(example);
  expect(all).toBeUndefined();
  for (const [name, settings] of Object.entries<object>(others)) {
    const policy = rules.filter((rule) => rule.name === name).map(policyOf)[0];
    const known = ["enforcementLevel", ...Object.keys(policy?.configSchema?.properties ?? {})];
    expect(known).toEqual(expect.arrayContaining(typeof settings === "string" ? [] : Object.keys(settings)));
    expect(policy).toBeDefined();
  }
});
