import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { firstUp, killedAtKey } from "../../support/killedOperations";
import { begin, outcomeOf, recoverLine } from "../../support/kills";
import { interruptPet, pendingIn, petType } from "../../support/pending";

test("what was interrupted of another library's resource is not looked for, but named, also when it is cleared", async () => {
  const { local, stack } = await killedAtKey();
  await using _local = local;
  interruptPet(local);
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain("Taken into the state: audit-trails-key");
  expect(output).toContain('clear "creating" of pet, which was interrupted, from the state');
  expect(output).toContain(
    `"creating" of pet (${petType}) was interrupted too. It is no resource of this library`,
  );
  expect(output).toContain("It ended with 1.");
  expect(pendingIn(local)).toEqual([]);
});

test("where nothing else was interrupted, what was of another library's resource stays, and is named", async () => {
  const { local, stack } = await begin(firstUp);
  await using _local = local;
  await stack.up();
  interruptPet(local);
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain(`"creating" of pet (${petType}) was interrupted too.`);
  expect(output).toContain("pulumi up says what to do with it");
  expect(output).not.toContain("Nothing is left");
  expect(output).toContain("It ended with 1.");
  expect(pendingIn(local)).toHaveLength(1);
});

test("without a preview only what was begun is taken in, and it is said that the rest cannot be told", async () => {
  const { local, stack } = await killedAtKey();
  await using _local = local;
  const configuration = join(local.folder, "Pulumi.dev.yaml");
  const text = readFileSync(configuration, "utf8");
  writeFileSync(
    configuration,
    text.replace("config:", "config:\n  yandex-audit-trails:retention:\n    preset: nonsense"),
  );
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain("pulumi preview failed: ");
  expect(output).toContain("Taken into the state: audit-trails-key");
  expect(output).toContain("So it cannot be told what an update has still to do.");
  expect(output).toContain("It ended with 2.");
  writeFileSync(configuration, text);
  await stack.up();
  expect(local.emulator.cloud.keys.all()).toHaveLength(1);
});
