import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental/provider";
import * as components from "../../components";

type Constructor = (typeof components)["Trail"] | (typeof components)["AuditTrails"];

const classes = Object.values(components).filter(
  (exported): exported is Constructor =>
    typeof exported === "function" && exported.prototype instanceof pulumi.ComponentResource,
);

test("the components are a package for other languages: each has a schema with every argument described", async () => {
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  const provider = new ComponentProvider({
    components: classes,
    dirname: process.cwd(),
    name,
    version,
  });
  const { resources } = JSON.parse(await provider.getSchema());
  expect(Object.keys(resources).sort()).toEqual(
    classes.map((component) => `${name}:index:${component.name}`).sort(),
  );
  const { requiredInputs, inputProperties, properties } = resources[`${name}:index:AuditTrails`];
  expect(requiredInputs).toEqual(["bucketName", "folderId", "organizationId"]);
  for (const [property, { description }] of Object.entries<{ description?: string }>({
    ...inputProperties,
    ...properties,
  }))
    expect([property, description]).toEqual([property, expect.stringMatching(/\w/)]);
});
