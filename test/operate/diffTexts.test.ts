import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", "docs", "diff");
const index = readFileSync(join(folder, "README.md"), "utf8");
const texts = readdirSync(folder).filter((name) => name !== "README.md");

test.each(texts)("the list of texts has %s, with its verdict", (name) => {
  const [, headline = ""] = /^### .*?: (.*)$/m.exec(readFileSync(join(folder, name), "utf8")) ?? [];
  expect(headline).not.toBe("");
  expect(index).toMatch(new RegExp(`\\]\\(${name}\\) \\| ${headline} \\|`));
});

test("every text that the list names exists", () => {
  const named = [...index.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name = ""]) => name);
  expect(named.sort()).toEqual([...texts].sort());
});
