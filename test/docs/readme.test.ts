import { readFileSync } from "node:fs";

const texts = { "README.md": read("README.md"), "README.ru.md": read("README.ru.md") };

function read(file: string): string {
  return readFileSync(file, "utf8");
}

const code = /^```.*?^```$/gms;
/** Blocks of code, word for word. The picture is one of them, so its labels stay in English. */
const blocksOf = (text: string) => text.match(code) ?? [];
const levelsOf = (text: string) => text.replace(code, "").match(/^#+(?= )/gm) ?? [];
/** Targets of links. Each README links to the other one, and to its own headings by its own words. */
const linksOf = (text: string) =>
  [...text.replace(code, "").matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = ""]) =>
      target.startsWith("#") ? "#" : target.replace(/^README(\.ru)?\.md$/, "README"),
    )
    .sort();
const keysOf = (text: string) =>
  [...text.matchAll(/^\| (`\w+`) \| (\S.*?) \|/gm)].map(([, key, value]) => [key, value]);

describe("README.ru.md has of README.md", () => {
  const { "README.md": english, "README.ru.md": russian } = texts;
  test.each([
    ["the headings, by level", levelsOf],
    ["the blocks of code", blocksOf],
    ["the targets of links", linksOf],
  ])("%s", (_what, of) => {
    expect(of(english).length).toBeGreaterThan(5);
    expect(of(russian)).toEqual(of(english));
  });

  test("the keys, with their defaults", () => {
    const inRussian = keysOf(russian).map(([key, value]) => [
      key,
      value === "обязателен" ? "required" : value,
    ]);
    expect(inRussian.map(([key, value]) => [key, value === "нет" ? "none" : value])).toEqual(keysOf(english));
  });
});

test.each(Object.entries(texts))("%s has at most 200 lines", (_file, text) => {
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(200);
});

test("the ten keys have the defaults of the generated table", () => {
  const keys = keysOf(texts["README.md"]);
  expect(keys).toHaveLength(10);
  expect(keysOf(read("docs/configuration.md"))).toEqual(expect.arrayContaining(keys));
});
