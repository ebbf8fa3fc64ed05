import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import root from "../../package.json";
import { examples, expectExample, folder, mostOfItsOwn } from "../support/examples";

test("every example is tried", () => {
  const programs = readdirSync(folder).filter((name) => existsSync(join(folder, name, "Pulumi.yaml")));
  expect(programs.sort()).toEqual(examples.map(({ name }) => name).sort());
});

// The others are in the long lane.
test.each(examples.filter(({ name }) => name === mostOfItsOwn))(
  "the example $name comes up, the next preview is as expected, and a refresh finds nothing to change",
  expectExample,
);

test.each(examples)("the example $name names what it is tried with", ({ name }) => {
  const { dependencies } = JSON.parse(readFileSync(join(folder, name, "package.json"), "utf8"));
  const { "@pulumi/pulumi": pulumi } = root.dependencies;
  const { typescript } = root.devDependencies;
  // By its name it could be anybody's: it is not published.
  const packed = `file:${root.name}-${root.version}.tgz`;
  expect(dependencies).toEqual({ "@pulumi/pulumi": pulumi, typescript, [root.name]: packed });
});
