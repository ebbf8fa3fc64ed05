import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backendOf, stackFileOf } from "../../../local/state";
import { Api, bucketRequest } from "../../support/api";
import { killTree } from "../../support/killed";
import { firstUp, killedAtKey } from "../../support/killedOperations";
import { begin, outputOfFailure, recoverLine } from "../../support/kills";
import { bucketName } from "../../support/localStack";

// Several updates, recoveries and previews each.
jest.setTimeout(400_000);

describe("nothing is changed", () => {
  test("where nobody agrees", async () => {
    const { local, stack, state } = await killedAtKey();
    await using _local = local;
    const before = state();
    expect(await outputOfFailure(stack, recoverLine(local, ""))).toContain("nobody agreed");
    expect(state()).toEqual(before);
  });

  test.each<[while_: string, refusal: string, change: (lock: string) => string]>([
    [
      "an engine on another machine may still run",
      "An engine on elsewhere locked the stack",
      (lock) => JSON.stringify({ ...JSON.parse(lock), hostname: "elsewhere" }),
    ],
    [
      "a lock that is cut off does not tell whose it is",
      "An engine on a machine that it does not name locked the stack",
      (lock) => lock.slice(0, lock.length / 2),
    ],
  ])("while %s, unless the engine is said to have ended", async (_while, refusal, change) => {
    const { local, stack, state } = await killedAtKey();
    await using _local = local;
    const locks = join(backendOf(local.folder), ".pulumi", "locks");
    for (const file of globSync(join(locks, "**", "*.json")))
      writeFileSync(file, change(readFileSync(file, "utf8")));
    const before = state();
    expect(await outputOfFailure(stack, recoverLine(local, "--yes"))).toContain(refusal);
    expect(state()).toEqual(before);
    expect(await stack.follow(recoverLine(local, "--yes --engine-ended"))).toContain(
      "Taken into the state: audit-trails-key",
    );
  });

  test("while a provider lives on after its engine", async () => {
    const { local, stack } = await begin(firstUp);
    await using _local = local;
    const { faults } = local.emulator.cloud;
    faults.interrupt("before", { method: "BucketService/Create" }, () => {
      faults.hang({ method: "SymmetricKeyService/Get" }, { times: 99 });
      process.kill(stack.pid ?? Number.NaN, "SIGKILL");
    });
    await expect(stack.up()).rejects.toThrow();
    const output = await outputOfFailure(stack, recoverLine(local, "--yes"));
    expect(output).toMatch(/pulumi-resource-\S+ is running on this machine \(process \d+\)/);
    killTree(Number(/\(process (\d+)\)/.exec(output)?.[1]));
    faults.clear();
    expect(await stack.follow(recoverLine(local, "--yes"))).toContain("Taken into the state");
  });

  test("of what has the name of a resource and no mark of the stack: it is named, and left alone", async () => {
    const { local, stack } = await begin(firstUp);
    await using _local = local;
    using api = new Api(local.emulator);
    await api.call("buckets", "create", bucketRequest(local.emulator.cloud.folderId, bucketName));
    await stack.preview();
    const output = await outputOfFailure(stack, recoverLine(local, "--yes"));
    expect(output).toContain(
      `The bucket ${bucketName} has the name of audit-trails-bucket, and was left alone`,
    );
    expect(stack.state().resources ?? []).toEqual([]);
  });
});

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
  const output = await outputOfFailure(stack, recoverLine(local, "--yes"));
  expect(output).toContain("Taken into the state: audit-trails-key");
  expect(output).toContain('clear "creating" of pet, which was interrupted, from the state');
  expect(output).toContain(
    `"creating" of pet (${type}) was interrupted too. It is no resource of this library`,
  );
  const { latest } = JSON.parse(readFileSync(file, "utf8")).checkpoint;
  expect(latest.pending_operations ?? []).toEqual([]);
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
  const output = await outputOfFailure(stack, recoverLine(local, "--yes"));
  expect(output).toContain("pulumi preview failed: ");
  expect(output).toContain("Taken into the state: audit-trails-key");
  expect(output).toContain("So it cannot be told what an update has still to do.");
  writeFileSync(configuration, text);
  await stack.up();
  expect(local.emulator.cloud.keys.all()).toHaveLength(1);
});
