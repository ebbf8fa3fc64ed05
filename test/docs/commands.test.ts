import { readdirSync, readFileSync } from "node:fs";
import { deployerRoles } from "../../emulator";
import { adoptCommand } from "../../operate/adopt";
import { diffCommand } from "../../operate/diff";
import { preflightCommand } from "../../operate/preflight";
import { recoverCommand } from "../../operate/recover";
import { searchCommand } from "../../operate/search";
import { verifyCommand } from "../../operate/verify";

const read = (file: string) => readFileSync(`docs/${file}`, "utf8");
const flags = (text: string) => [...new Set(text.match(/--[a-z][-a-z]+/g) ?? [])].sort();
/** Text below a heading of the second level. */
const section = (page: string, heading: string) =>
  page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";

describe.each(
  [adoptCommand, diffCommand, preflightCommand, recoverCommand, searchCommand, verifyCommand].map((make) =>
    make(),
  ),
)("the page of $_name", (command) => {
  const page = read(`commands/${command.name()}.md`);

  test("lists the options that the command takes, and no others", () => {
    const taken = command.options.map(({ long = "" }) => long).sort();
    const first = (row: string) => row.split(" | ")[0] ?? "";
    const listed = section(page, "Options")
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(flags(listed.map(first).join())).toEqual(taken);
  });

  test("has the sections of every page", () => {
    for (const heading of ["Use", "Example", "Options", "Exit codes", "Roles"])
      expect([heading, section(page, heading).trim()]).toEqual([heading, expect.stringMatching(/./)]);
  });
});

test("the pages and the two READMEs name the same commands", () => {
  const pages = readdirSync("docs/commands").filter((file) => file !== "README.md");
  for (const text of [read("commands/README.md"), read("../README.md"), read("../README.ru.md")])
    for (const page of pages) expect(text).toMatch(new RegExp(`\\]\\((docs/commands/)?${page}\\)`));
});

test("the roles of the deploying account are those with which the tests deploy", () => {
  const rows = [...section(read("deploy.md"), "Roles").matchAll(/^\| (organization|folder) \| (.*) \|$/gm)];
  const roles = rows.map(([, on = "", cell = ""]) => [
    on,
    [...cell.matchAll(/`([\w.-]+)`/g)].map(([, role]) => role).sort(),
  ]);
  expect(Object.fromEntries(roles)).toEqual({
    organization: [...deployerRoles.organization].sort(),
    folder: [...deployerRoles.folder].sort(),
  });
});
