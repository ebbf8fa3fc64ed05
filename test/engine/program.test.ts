import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LocalStack, programOf, sevenResources, typeOf } from "../support/localStack";
import { standing } from "../support/standingStacks";

test("the engine notes for each resource where in the source it is made", async () => {
  await using local = await standing("default");
  const made = (await local.resources()).map(({ urn, sourcePosition = "" }) => {
    const [, file = "", line, column] = /^project:\/\/\/(.*)#(\d+),(\d+)$/.exec(sourcePosition) ?? [];
    const text = readFileSync(join(__dirname, "..", "..", file), "utf8").split("\n")[Number(line) - 1];
    return [typeOf(urn), text?.slice(Number(column) - 1).split("(")[0]];
  });
  expect(made.sort()).toEqual(sevenResources.map((type) => [type, `new yandex.${type}`]));
});

test("an error of a program names file, line and column of its source", async () => {
  await using local = await LocalStack.start();
  const { output } = await local.failingUp({}, { program: programOf("throwing") });
  expect(output).toContain("Error: There is no thing");
  expect(output).toContain(`at fail (${programOf("throwing")}:9:9)`);
});
