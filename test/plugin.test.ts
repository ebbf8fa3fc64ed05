import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import root from "../package.json";
import plugin from "../plugin/package.json";

const read = (file: string) => readFileSync(join(__dirname, "..", file), "utf8");

/** Packages of the plugin that Pulumi itself uses: the compiler for the schema, and its dependency. */
const ofPulumi = ["ts-node", "typescript"];
/** Package that builds the plugin's index.js. */
const ofInstallation = ["esbuild"];

test("the plugin names the packages that the components use, as tested here", () => {
  const used = ["api", "components"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => [
        ...read(join(folder, file)).matchAll(/(?:from|import\(|import)\s*"([@\w][^":]+)"/g),
      ])
      .map(([, name = ""]) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? ""),
  );
  const expected = [...new Set([...used, ...ofPulumi, ...ofInstallation])].sort();
  expect(Object.keys(plugin.dependencies)).toEqual(expected);
  expect({ ...root.devDependencies, ...root.dependencies }).toMatchObject(plugin.dependencies);
});

test("the plugin is the release that the project is, with the same provider", () => {
  const { name, version, description } = plugin;
  expect({ name, version, description }).toEqual({
    name: root.name,
    version: root.version,
    description: root.description,
  });
  expect(parse(read("plugin/PulumiPlugin.yaml")).packages).toEqual(parse(read("Pulumi.yaml")).packages);
});
