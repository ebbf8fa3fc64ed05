import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../../../tools/package/package.json";

const repository = join(__dirname, "..", "..", "..");

// The way of docs/library.md is tried in test/engine/package.long.test.ts.
test("no text says to install the package by its name: it is not published, and anybody can take the name", () => {
  const files = execFileSync("git", ["ls-files"], { cwd: repository, encoding: "utf8" }).trim().split("\n");
  const { name } = manifest;
  const byName = new RegExp(
    `\\b(npm|pnpm|yarn|bun|npx|bunx)\\b.*\\b(install|i|add|exec|dlx|x)? +${name}(@|\\s|\`|$)|"${name}": "[\\d^~*]`,
  );
  const found = files
    .filter((file) => /\.(md|ts|cjs|json|ya?ml|sh)$|^\.ci/.test(file) && !/^test\/|package-lock/.test(file))
    .flatMap((file) =>
      readFileSync(join(repository, file), "utf8")
        .split("\n")
        .filter((line) => byName.test(line))
        .map((line) => `${file}: ${line}`),
    );
  expect(found).toEqual([]);
});
