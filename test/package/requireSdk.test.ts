import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { transformSync } from "@swc/core";
import { pinnedRelease } from "../../toolchain/release";
import { TemporaryFolder } from "../support/fakes";

const repository = join(__dirname, "..", "..");
const readme = readFileSync(join(repository, "README.md"), "utf8");
const [sentence = ""] = /First `pulumi package add [^`]+`, then `npm install [^`]+`\./.exec(readme) ?? [];
const { provider: release } = pinnedRelease();

/** What Node prints that loads the package's check beside such an SDK. */
async function printedBeside(makeSdk: (path: string) => void): Promise<string> {
  using folder = new TemporaryFolder();
  const source = readFileSync(join(repository, "package", "requireSdk.ts"), "utf8");
  const { code } = transformSync(source, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "commonjs" },
  });
  const check = join(folder.path, "requireSdk.js");
  writeFileSync(check, code);
  const needed = { release, resources: ["AuditTrailsTrail", "StorageBucket"] };
  writeFileSync(join(folder.path, "sdk.json"), JSON.stringify(needed));
  const modules = join(folder.path, "node_modules", "@pulumi");
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(repository, "node_modules", "@pulumi", "pulumi"), join(modules, "pulumi"));
  makeSdk(join(modules, "yandex"));
  return await promisify(execFile)(process.execPath, [check]).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stderr }) => stderr,
  );
}

const sdkWith = (code?: string) => (path: string) => {
  mkdirSync(path);
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: "@pulumi/yandex", main: "index.js" }));
  if (code !== undefined) writeFileSync(join(path, "index.js"), code);
};

test("the README's sentence names the release of the provider that the components are built with", () => {
  expect(sentence).toContain(` ${release}\``);
});

test.each<[string, (path: string) => void, string]>([
  ["none", () => {}, `There is no SDK @pulumi/yandex. ${sentence}\n`],
  [
    "a link to one that is not generated yet",
    (path) => symlinkSync("../../sdks/yandex", path),
    `There is no SDK @pulumi/yandex. ${sentence}\n`,
  ],
  ["one that npm did not compile", sdkWith(), "Run `npm rebuild @pulumi/yandex`.\n"],
  [
    "one that is too old",
    sdkWith("exports.StorageBucket = class {};"),
    `is too old: it has no AuditTrailsTrail. ${sentence}\n`,
  ],
])("beside %s, the package fails with what to do", async (_, makeSdk, text) => {
  expect(await printedBeside(makeSdk)).toContain(text);
});

test("beside the right SDK it says nothing", async () => {
  const right = sdkWith("exports.StorageBucket = class {}; exports.AuditTrailsTrail = class {};");
  expect(await printedBeside(right)).toBe("");
});
