import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider";
import * as components from "../../components";
import { breakingChanges, type PackageSchema } from "../../tools/local/schemaChanges";

type Constructor = (typeof components)["Trail"] | (typeof components)["AuditTrails"];

const classes = Object.values(components).filter(
  (exported): exported is Constructor =>
    typeof exported === "function" && exported.prototype instanceof pulumi.ComponentResource,
);

let schema: Required<PackageSchema>;
const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));

beforeAll(async () => {
  const provider = new ComponentProvider({
    components: classes,
    dirname: process.cwd(),
    name,
    version,
  });
  const isNeedless = (key: string, value: unknown) =>
    key === "optional" || (key === "required" && Array.isArray(value) && value.length === 0);
  // As the engine hands it on.
  schema = JSON.parse(await provider.getSchema(), (key, value) =>
    isNeedless(key, value) ? undefined : value,
  );
});

test("the components are a package for other languages: each has a schema with every argument described", () => {
  const { resources } = schema;
  expect(Object.keys(resources).sort()).toEqual(
    classes.map((component) => `${name}:index:${component.name}`).sort(),
  );
  const { requiredInputs, inputProperties, properties } = resources[`${name}:index:AuditTrails`] ?? {};
  expect(requiredInputs).toEqual(["bucketName", "folderId", "organizationId"]);
  for (const [property, { description }] of Object.entries({ ...inputProperties, ...properties }))
    expect([property, description]).toEqual([property, expect.stringMatching(/\w/)]);
});

test("the schema takes nothing away from programs of other languages, and is the committed one", () => {
  const committed: PackageSchema = JSON.parse(readFileSync("plugin/schema.json", "utf8"));
  const { resources, types } = schema;
  expect(breakingChanges(committed, { resources, types })).toEqual([]);
  // Where only this fails there are additions: npm run schema
  expect({ resources, types }).toEqual({ resources: committed.resources, types: committed.types });
});
