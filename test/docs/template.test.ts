import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import root from "../../package.json";
import { settingsSchema } from "../../settings/schema";

const read = (file: string) => readFileSync(file, "utf8");
const project = parse(read("template/Pulumi.yaml"));
const manifest = JSON.parse(read("template/package.json"));

test("the template has under ten files, and takes its name from the user", () => {
  const files = execFileSync("git", ["ls-files", "template"], { encoding: "utf8" }).trim().split("\n");
  expect(files.length).toBeLessThan(10);
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: placeholders of pulumi new
  expect([project.name, manifest.name]).toEqual(["${PROJECT}", "${PROJECT}"]);
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as above
});

test("the template asks for the keys that have no default", () => {
  const required = Object.entries(settingsSchema.shape).flatMap(([key, schema]) =>
    schema.meta()?.default === undefined ? [key] : [],
  );
  expect(Object.keys(project.template.config)).toEqual(required);
  for (const key of required) expect(read("template/index.ts")).toContain(`config.require("${key}")`);
});

test("the template has the repository's release of the provider, packages and version", () => {
  expect(project.packages).toEqual(parse(read("Pulumi.yaml")).packages);
  const { "yandex-audit-trails": components, ...others } = manifest.dependencies;
  expect(components).toBe(`file:yandex-audit-trails-${root.version}.tgz`);
  expect({ ...root.devDependencies, ...root.dependencies }).toMatchObject(others);
  expect(read("template/README.md")).toContain(components.replace("file:", ""));
});
