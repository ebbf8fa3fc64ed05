import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join, normalize } from "node:path";
import root from "../package.json";

/** What each part of the project may import of the others. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  cloud: [],
  components: ["cloud"],
  emulator: [],
  toolchain: [],
};

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file));

/** What a folder's files import: parts of the project, and packages. */
function importsOf(folder: string): { parts: Set<string>; packages: Set<string> } {
  const parts = new Set<string>();
  const packages = new Set<string>();
  for (const file of filesIn(folder)) {
    const imports = readFileSync(file, "utf8").matchAll(/(?:from|import\(|import) ?"([^"]+)"/g);
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

test("the local cloud could be published on its own: its package names all it imports, as tested here", () => {
  const { dependencies } = JSON.parse(readFileSync("emulator/package.json", "utf8"));
  const packages = [...importsOf("emulator").packages].filter((name) => !builtinModules.includes(name));
  const versions: Record<string, string> = { ...root.devDependencies, ...root.dependencies };
  expect(dependencies).toEqual(Object.fromEntries(packages.sort().map((name) => [name, versions[name]])));
});
