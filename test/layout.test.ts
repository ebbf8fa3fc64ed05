import { existsSync, readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, normalize } from "node:path";
import root from "../package.json";

/** What each part of the project may import of the others. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  api: [],
  components: ["api"],
  settings: ["components", "docs"],
  docs: ["components", "operate"],
  operate: ["api", "components"],
  emulator: [],
  package: ["components", "package.json", "toolchain"],
  policy: [],
  toolchain: [],
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
    .map((file) => join(folder, file));

/** What a folder's files import: parts of the project, and packages. */
function importsOf(folder: string): { parts: Set<string>; packages: Set<string> } {
  const parts = new Set<string>();
  const packages = new Set<string>();
  for (const file of filesIn(folder)) {
    const imports = readFileSync(file, "utf8").matchAll(/(?<!")(?:from|import\(|import) ?"([^"\n]+)"/g);
    for (const [, name = ""] of imports) {
      if (name.startsWith(".")) parts.add(normalize(join(file, "..", name)).split("/")[0] ?? "");
      else if (!name.startsWith("node:")) packages.add(/^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? "");
    }
  }
  return { parts, packages };
}

test.each(Object.entries(mayImport))("%s imports only itself and %j", (folder, others) => {
  const { parts } = importsOf(folder);
  expect([...parts].filter((part) => part !== folder && !others.includes(part))).toEqual([]);
});

/** The versions of packages that are installed here. */
function versionsOf(...packages: readonly string[]): Record<string, string | undefined> {
  const versions: Record<string, string> = { ...root.devDependencies, ...root.dependencies };
  return Object.fromEntries(packages.map((name) => [name, versions[name]]));
}

/** The packages that folders import, with the versions that are installed here. */
function dependenciesOf(...folders: readonly string[]): Record<string, string | undefined> {
  const packages = folders
    .flatMap((folder) => [...importsOf(folder).packages])
    .filter((name) => !builtinModules.includes(name));
  return versionsOf(...packages.sort());
}

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
  const manifest = JSON.parse(readFileSync("package/package.json", "utf8"));
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

/** Files of the project and packages that a file loads when it is loaded itself. */
function loadedBy(file: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  const text = readFileSync(file, "utf8");
  for (const [, name = ""] of text.matchAll(
    /^(?:import|export)\s(?!type\s)(?:[^;"]*?\sfrom\s)?"([^"]+)";/gm,
  )) {
    const base = join(file, "..", name);
    const target = [`${base}.ts`, join(base, "index.ts")].find((path) => existsSync(path));
    if (!name.startsWith(".")) loaded.add(name);
    else if (target) loadedBy(target, loaded);
  }
  return loaded;
}

test("the command loads neither the SDK nor the engine's, so that it runs where no SDK is made", () => {
  const loaded = [...loadedBy("operate/cli.ts")];
  expect(loaded).toContain("operate/diff/report.ts");
  expect(loaded.filter((name) => name.startsWith("@pulumi/"))).toEqual([]);
});

const entries = Object.values(root.scripts).flatMap((script) => /(?<=^tsx )\S+\.ts/.exec(script) ?? []);

test.each([...new Set(entries)])(
  "%s can be the first script on a fresh clone: it loads nothing of the SDK that the toolchain makes",
  (entry) => {
    const loaded = loadedBy(entry);
    expect(loaded.size).toBeGreaterThan(3);
    expect([...loaded]).not.toContain("@pulumi/yandex");
  },
);

test("the walk sees the SDK where it is loaded", () => {
  expect(loadedBy("index.ts")).toContain("@pulumi/yandex");
});

test("a preview loads none of the vendor's clients: they are loaded when the API is called", () => {
  const loaded = [...loadedBy("index.ts")];
  expect(loaded).toContain("api/connection.ts");
  expect(
    loaded.filter((name) => /^(@yandex-cloud|@aws-sdk|jsonwebtoken|https?-proxy-agent)/.test(name)),
  ).toEqual([]);
});
