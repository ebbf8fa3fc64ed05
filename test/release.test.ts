import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import manifest from "../tools/package/package.json";
import { buildableProvider, pinnedRelease } from "../tools/toolchain/release";

const { provider } = pinnedRelease();
const root = join(__dirname, "..");

/** Files with texts about several releases. */
const others = /^(test|CHANGELOG\.md)/;

const texts = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" })
  .split("\0")
  .filter((file) => /\.(ts|cjs|json|ya?ml|md|go|mod)$/.test(file) && !others.test(file))
  .filter((file) => existsSync(join(root, file)))
  .map((file) => [file, readFileSync(join(root, file), "utf8")] as const);

test("every command and every list of packages names the release of Pulumi.yaml", () => {
  const named = texts.flatMap(([file, text]) =>
    [...text.matchAll(/yandex-cloud\/yandex\s+(?:- )?(\d+\.\d+\.\d+)/g)].map(([, version]) => [
      file,
      version,
    ]),
  );
  const files = named.map(([file]) => file);
  for (const file of [
    "Pulumi.yaml",
    "plugin/PulumiPlugin.yaml",
    "examples/README.md",
    "docs/provider-releases.md",
  ])
    expect(files).toContain(file);
  expect(named.filter(([, version]) => version !== provider)).toEqual([]);
});

test.each(["package-lock.json", "plugin/package-lock.json"])("%s has the SDK of that release", (file) => {
  const { packages } = JSON.parse(readFileSync(join(root, file), "utf8"));
  expect(packages["sdks/yandex"].version).toBe(provider);
});

test("code reads the release from Pulumi.yaml, or from the go.mod of the provider that can be built", () => {
  const releases = [provider, buildableProvider];
  const named = texts
    .filter(([file, text]) => /\.(ts|cjs|go)$/.test(file) && releases.some((one) => text.includes(one)))
    .map(([file]) => file);
  expect(named).toEqual([]);
});

test("the schema of the release is there, against which the check compiles the components", () => {
  const schema = JSON.parse(readFileSync(join(root, "test", "data", `schema-${provider}.json`), "utf8"));
  expect(Object.keys(schema.resources)).toContain("yandex:index/auditTrailsTrail:AuditTrailsTrail");
});

test("the npm package takes the SDKs of all releases from the oldest that is tested", () => {
  expect(manifest.peerDependencies["@pulumi/yandex"]).toBe(`>=${buildableProvider}`);
});
