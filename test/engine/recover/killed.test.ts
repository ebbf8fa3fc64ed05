import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendOf } from "../../../tools/local/state";
import { atKey, atTrail, exchange, firstUp, killedAtKey } from "../../support/killedOperations";
import { expectRecovered, outcomeOf, recoverLine, undisturbed } from "../../support/kills";

test("killed when its key was made, a first `up` is recovered: the next one gives exactly what an undisturbed one gives", async () => {
  expect(await expectRecovered(firstUp, await undisturbed(firstUp), atKey)).toContain("import KMS key");
});

test("also if state, backup and history are lost after the kill, and the stack is recreated", async () => {
  const kill = {
    ...atTrail,
    spoil: ({ folder }: { folder: string }) => {
      for (const name of ["stacks", "history"])
        rmSync(join(backendOf(folder), ".pulumi", name), { recursive: true, force: true });
    },
    options: "--recreate-state",
  };
  expect(await expectRecovered(firstUp, await undisturbed(firstUp), kill)).toContain("create an empty stack");
});

test("a stack with logs that was killed during a replacement reaches the undisturbed result, and no log is deleted", async () => {
  const kill = { moment: "after", method: "BucketService/Create" } as const;
  await expectRecovered(exchange, await undisturbed(exchange), kill);
});

test("a stack that an engine on another machine has locked stays as it is, except with --engine-ended", async () => {
  const { local, stack, state } = await killedAtKey();
  await using _local = local;
  for (const file of globSync(join(backendOf(local.folder), ".pulumi", "locks", "**", "*.json")))
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), hostname: "elsewhere" }));
  const before = state();
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain("An engine on elsewhere locked the stack");
  expect(output).toContain("It ended with 2.");
  expect(state()).toEqual(before);
  expect(await stack.follow(recoverLine(local, "--yes --engine-ended"))).toContain(
    "Imported into the state: audit-trails-key",
  );
});
