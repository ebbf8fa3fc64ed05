import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackFileOf } from "../../../local/state";
import { firstUp, killedAtKey } from "../../support/killedOperations";
import { begin, outcomeOf, recoverLine } from "../../support/kills";
import type { LocalStack } from "../../support/localStack";

const petType = "random:index/randomPet:RandomPet";

/** The making of another library's resource is interrupted, too. */
function interruptPet({ folder }: LocalStack): void {
  const file = stackFileOf(folder);
  const { checkpoint, ...rest } = JSON.parse(readFileSync(file, "utf8"));
  const urn = `urn:pulumi:dev::yandex-audit-trails::${petType}::pet`;
  const pet = { resource: { urn, type: petType, custom: true }, type: "creating" };
  const pending_operations = [...(checkpoint.latest.pending_operations ?? []), pet];
  const latest = { ...checkpoint.latest, pending_operations };
  writeFileSync(file, JSON.stringify({ ...rest, checkpoint: { ...checkpoint, latest } }));
}

const pendingIn = ({ folder }: LocalStack): unknown[] =>
  JSON.parse(readFileSync(stackFileOf(folder), "utf8")).checkpoint.latest.pending_operations ?? [];

test("what was interrupted of another library's resource is not looked for, but named, also when it is cleared", async () => {
  const { local, stack } = await killedAtKey();
  await using _local = local;
  const file = stackFileOf(local.folder);
  const state = JSON.parse(readFileSync(file, "utf8"));
  const type = "random:index/randomPet:RandomPet";
  const urn = `urn:pulumi:dev::yandex-audit-trails::${type}::pet`;
  state.checkpoint.latest.pending_operations.push({
    resource: { urn, type, custom: true },
    type: "creating",
  });
  writeFileSync(file, JSON.stringify(state));
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
