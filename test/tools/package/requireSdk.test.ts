import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { transformSync } from "@swc/core";
import { pinnedRelease } from "../../../tools/toolchain/release";
import { TemporaryFolder } from "../../support/fakes";

const repository = join(__dirname, "..", "..", "..");
const { provider: release } = pinnedRelease();

const make = `Run \`pulumi package add terraform-provider yandex-cloud/yandex ${release}\`.`;

/** Lets Node find sources, as ts-node does in Pulumi's runner, and not run them. */
const likeTheRunner =
  'require.extensions[".ts"] = () => { throw new Error("ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING"); };';

/** Returns the output of a Node that loads the package's check beside such an SDK. */
async function printedBeside(makeSdk: (path: string) => void): Promise<string> {
  using folder = new TemporaryFolder();
  for (const name of ["requireSdk", "packageManager"]) {
    const source = readFileSync(join(repository, "tools", "package", `${name}.ts`), "utf8");
    const { code } = transformSync(source, {
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    writeFileSync(join(folder.path, `${name}.js`), code);
  }
  const needed = { release, resources: ["AuditTrailsTrail", "StorageBucket"] };
  writeFileSync(join(folder.path, "sdk.json"), JSON.stringify(needed));
  const modules = join(folder.path, "node_modules", "@pulumi");
  mkdirSync(modules, { recursive: true });
  symlinkSync(join(repository, "node_modules", "@pulumi", "pulumi"), join(modules, "pulumi"));
  makeSdk(join(modules, "yandex"));
  const program = `${likeTheRunner} require("./requireSdk.js");`;
  return await promisify(execFile)(process.execPath, ["-e", program], { cwd: folder.path }).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stderr }) => stderr,
  );
}

const sdkWith = (code?: string) => (path: string) => {
  mkdirSync(path);
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: "@pulumi/yandex", main: "bin/index.js" }));
  writeFileSync(join(path, "index.ts"), "export class StorageBucket {}");
  if (code === undefined) return;
  mkdirSync(join(path, "bin"));
  writeFileSync(join(path, "bin", "index.js"), code);
};

test.each<[string, (path: string) => void, string]>([
  ["none", () => {}, `There is no SDK @pulumi/yandex. ${make}\n`],
  [
    "a link to one that is not generated yet",
    (path) => symlinkSync("../../sdks/yandex", path),
    `There is no SDK @pulumi/yandex. ${make}\n`,
  ],
  ["one that npm did not compile", sdkWith(), "Run `npm rebuild @pulumi/yandex`.\n"],
  [
    "one that is too old",
    sdkWith("exports.StorageBucket = class {};"),
    `is too old: it has no AuditTrailsTrail. ${make}\n`,
  ],
])("beside %s, the package fails with what to do", async (_, makeSdk, text) => {
  expect(await printedBeside(makeSdk)).toContain(text);
});

test("beside the right SDK there is no message", async () => {
  const right = sdkWith("exports.StorageBucket = class {}; exports.AuditTrailsTrail = class {};");
  expect(await printedBeside(right)).toBe("");
});
