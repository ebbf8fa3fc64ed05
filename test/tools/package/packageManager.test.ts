import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileCommand } from "../../../tools/package/packageManager";
import { TemporaryFolder } from "../../support/fakes";

// That each command compiles the SDK: test/engine/packageManagers.long.test.ts.
test.each<[string, Record<string, string>, string]>([
  ["package-lock.json", { "package-lock.json": "" }, "npm rebuild @pulumi/yandex"],
  ["pnpm-lock.yaml", { "pnpm-lock.yaml": "" }, "pnpm approve-builds @pulumi/yandex@file:sdks/yandex"],
  ["yarn.lock alone", { "yarn.lock": "" }, "yarn install --force"],
  [
    "yarn.lock of a newer yarn",
    { "yarn.lock": "__metadata:\n  version: 8\n" },
    "npm pkg set 'dependenciesMeta[@pulumi/yandex].built=true' --json && yarn install && yarn rebuild @pulumi/yandex",
  ],
  ["bun.lock", { "bun.lock": "" }, "bun pm trust @pulumi/yandex"],
  [
    "a package.json that names another one",
    { "package-lock.json": "", "package.json": JSON.stringify({ packageManager: "bun@1.4.5" }) },
    "bun pm trust @pulumi/yandex",
  ],
  [
    "an SDK in a folder of its own",
    {
      "pnpm-lock.yaml": "",
      "package.json": JSON.stringify({ dependencies: { "@pulumi/yandex": "file:vendor/yandex" } }),
    },
    "pnpm approve-builds @pulumi/yandex@file:vendor/yandex",
  ],
])("the command that compiles the SDK is of the program's package manager: %s", (_, files, command) => {
  using folder = new TemporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder.path, name), content);
  expect(compileCommand(folder.path)).toBe(command);
});

test("a program inside a workspace is installed by the workspace's package manager", () => {
  using folder = new TemporaryFolder();
  writeFileSync(join(folder.path, "pnpm-lock.yaml"), "");
  const program = join(folder.path, "infra", "audit");
  mkdirSync(program, { recursive: true });
  writeFileSync(
    join(program, "package.json"),
    JSON.stringify({ dependencies: { "@pulumi/yandex": "file:sdk" } }),
  );
  expect(compileCommand(program)).toBe("pnpm approve-builds @pulumi/yandex@file:sdk");
});
