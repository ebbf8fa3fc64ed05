import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { wordingFaults } from "./plainWords";

/** Git's patterns of the checked files: sources, tests, examples with their pipelines, and pages. */
const checked = ["*.ts", "*.cjs", "*.yml", "*.md"];

/** Patterns of files that are not checked: the list of words with its test, and generated pages. */
const excluded = [
  ...["tools/docs/plainWords.ts", "test/tools/docs/plainWords.test.ts"],
  ...["docs/api", "docs/diff"],
];

const listed = execFileSync(
  "git",
  [
    ...["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"],
    ...checked,
    ...excluded.map((path) => `:(exclude)${path}`),
  ],
  { encoding: "utf8" },
);

for (const file of listed.split("\0").filter((path) => path && existsSync(path)))
  for (const fault of wordingFaults(file, readFileSync(file, "utf8"))) {
    console.error(fault);
    process.exitCode = 1;
  }
