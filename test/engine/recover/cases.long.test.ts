import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendOf, stackFileOf } from "../../../tools/local/state";
import { killTree } from "../../support/killed";
import { atKey, atTrail, firstUp, killedAtKey, stateIn } from "../../support/killedOperations";
import { begin, expectRecovered, outcomeOf, recoverLine, undisturbed } from "../../support/kills";
import type { LocalStack } from "../../support/localStack";
import { interruptPet, pendingIn } from "../../support/pending";

describe("files of the stack are lost or cut off by a kill; recover and `up` give exactly what an `up` gives where", () => {
  test.each<[name: string, reported: string, spoil: (local: LocalStack) => void]>([
    [
      "the state is cut off in the middle",
      "It is restored from",
      ({ folder }) => {
        const file = stackFileOf(folder);
        const text = readFileSync(file);
        writeFileSync(file, text.subarray(0, text.length / 2));
      },
    ],
    [
      "the state's checksum is cut off",
      "only holds a checksum",
      ({ folder }) => writeFileSync(`${stackFileOf(folder)}.attrs`, ""),
    ],
    [
      "the state is cut off, and backup and history are lost",
      "there is no readable copy",
      ({ folder }) => {
        rmSync(join(backendOf(folder), ".pulumi", "history"), { recursive: true, force: true });
        for (const file of globSync(`${stackFileOf(folder)}*`)) rmSync(file);
        writeFileSync(stackFileOf(folder), "{");
      },
    ],
  ])("%s", async (_name, reported, spoil) => {
    const options = "--recreate-state";
    const wanted = await undisturbed(firstUp);
    expect(await expectRecovered(firstUp, wanted, { ...atTrail, spoil, options })).toContain(reported);
  });
});

test("where the `up` after a recovery is killed again, a second recovery gives exactly what an `up` gives", async () => {
  await expectRecovered(firstUp, await undisturbed(firstUp), atKey, atTrail);
});

test("while a provider runs after its engine has ended, nothing is changed", async () => {
  const { local, stack } = await begin(firstUp);
  await using _local = local;
  const { faults } = local.emulator.cloud;
  faults.interrupt("before", { method: "BucketService/Create" }, () => {
    faults.hang({ method: "SymmetricKeyService/Get" }, { times: 99 });
    process.kill(stack.pid ?? Number.NaN, "SIGKILL");
  });
  await expect(stack.up()).rejects.toThrow();
  const state = stateIn(local);
  const before = state();
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain("It ended with 2.");
  expect(state()).toEqual(before);
  expect(output).toMatch(/pulumi-resource-\S+ is running on this machine \(process \d+\)/);
  killTree(Number(/\(process (\d+)\)/.exec(output)?.[1]));
  faults.clear();
  expect(await stack.follow(recoverLine(local, "--yes"))).toContain("Imported into the state");
});

test("the CLI clears another library's pending operation with ours, and it is reported", async () => {
  const { local, stack } = await killedAtKey();
  await using _local = local;
  interruptPet(local);
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain("Imported into the state: audit-trails-key");
  expect(output).toContain('clear "creating" of pet, which was interrupted, from the state');
  expect(output).toContain("It ended with 1.");
  expect(pendingIn(local)).toEqual([]);
});

test("without a preview only what was begun is taken in, and the next `up` makes no second key", async () => {
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
  expect(output).toContain("Imported into the state: audit-trails-key");
  expect(output).toContain("It ended with 2.");
  await stack.up();
  expect(local.emulator.cloud.keys.all()).toHaveLength(1);
});

test("a key that is left over since the next `up` made another is named, and deleted where that is asked for", async () => {
  const { local, stack } = await killedAtKey();
  await using _local = local;
  const [key] = local.emulator.cloud.keys.all();
  await stack.follow("pulumi cancel --yes");
  await stack.up();
  expect(local.emulator.cloud.keys.all()).toHaveLength(2);
  const deleted = await outcomeOf(stack, recoverLine(local, "--yes --delete-surplus-keys"));
  expect(deleted).toContain(`KMS key ${key?.id} was deleted.`);
  expect(deleted).toContain("It ended with 0.");
  expect(local.emulator.cloud.keys.all()).toHaveLength(1);
});
