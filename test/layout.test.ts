import { readFileSync } from "node:fs";
import root from "../package.json";
import { Imports } from "./support/imports";

/** Parts of the project that each part may import. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  api: [],
  components: ["api"],
  settings: ["components", "tools/docs"],
  operate: ["api", "components", "register.cjs"],
  emulator: [],
  policy: [],
  "tools/docs": ["components", "operate"],
  "tools/package": ["components", "package.json", "tools/toolchain"],
  "tools/toolchain": [],
};

const imports = Imports.read();

/** Returns the part of the project that has a file: a folder at the top, or one of `tools/`. */
const partOf = (file: string): string => /^(tools\/)?[^/]+/.exec(file)?.[0] ?? "";

test.each(Object.entries(mayImport))("%s imports only itself and %j", (folder, others) => {
  expect(imports.filesIn(folder).length).toBeGreaterThan(0);
  const strange = imports.localOf(folder).filter((file) => !others.includes(partOf(file)));
  expect(strange).toEqual([]);
});

/** Returns the versions of packages that are installed here. */
function versionsOf(...packages: readonly string[]): Record<string, string | undefined> {
  const versions: Record<string, string> = { ...root.devDependencies, ...root.dependencies };
  return Object.fromEntries(packages.map((name) => [name, versions[name]]));
}

/** Returns the packages that folders import, with the versions that are installed here. */
const dependenciesOf = (...folders: readonly string[]) =>
  versionsOf(...new Set(folders.flatMap((folder) => imports.packagesOf(folder)).sort()));

test("the local cloud could be published on its own: its package names all it imports, as tested here", () => {
  const { dependencies } = JSON.parse(readFileSync("emulator/package.json", "utf8"));
  expect(dependencies).toEqual(dependenciesOf("emulator"));
});

test("the policy pack names all that it imports, as tested here, with what Pulumi's runner takes of its packages", () => {
  const { dependencies } = JSON.parse(readFileSync("policy/package.json", "utf8"));
  const imported = {
    ...dependenciesOf("policy"),
    ...versionsOf("@pulumi/pulumi", "ts-node", "tsx", "typescript"),
  };
  expect(dependencies).toEqual(imported);
});

test("the npm package names all that components and commands import, as tested here, and nothing else", () => {
  const manifest = JSON.parse(readFileSync("tools/package/package.json", "utf8"));
  const imported = dependenciesOf("components", "api", "operate");
  expect(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).sort()).toEqual(
    Object.keys(imported),
  );
  expect(imported).toMatchObject(manifest.dependencies);
  expect(Object.keys(manifest.peerDependencies)).toEqual([
    "@duckdb/node-api",
    "@pulumi/pulumi",
    "@pulumi/yandex",
  ]);
});

test("the command loads neither the SDK nor the engine's, so that it runs where no SDK is made", () => {
  const loaded = [...imports.loadedBy("operate/auditTrails.ts")];
  expect(loaded).toContain("operate/diff/report.ts");
  expect(loaded.filter((name) => name.startsWith("@pulumi/"))).toEqual([]);
});

const entries = Object.values(root.scripts).flatMap((script) => /(?<=^tsx )\S+\.ts/.exec(script) ?? []);

test.each([...new Set(entries)])(
  "%s can be the first script on a fresh clone: it loads nothing of the SDK that the toolchain makes",
  (entry) => {
    const loaded = imports.loadedBy(entry);
    expect(loaded.size).toBeGreaterThan(3);
    expect([...loaded]).not.toContain("@pulumi/yandex");
  },
);

test("the walk sees the SDK where it is loaded", () => {
  expect(imports.loadedBy("index.ts")).toContain("@pulumi/yandex");
});

test("a preview loads none of the vendor's clients: they are loaded when the API is called", () => {
  const loaded = [...imports.loadedBy("index.ts")];
  expect(loaded).toContain("api/connection.ts");
  expect(
    loaded.filter((name) => /^(@yandex-cloud|@aws-sdk|jsonwebtoken|https?-proxy-agent)/.test(name)),
  ).toEqual([]);
});
