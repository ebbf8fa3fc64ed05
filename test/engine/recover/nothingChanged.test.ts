import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { localEnvironment } from "../../../local/environment";
import { backendOf } from "../../../local/state";
import { recover } from "../../../operate/recover/recover";
import { ensureToolchain } from "../../../toolchain";
import { Api, bucketRequest } from "../../support/api";
import { killTree } from "../../support/killed";
import { firstUp, killedAtKey, stateIn } from "../../support/killedOperations";
import { begin, outcomeOf, recoverLine, withPulumi } from "../../support/kills";
import { bucketName, type LocalStack } from "../../support/localStack";

describe("nothing is changed", () => {
  test("where nobody agrees", async () => {
    const { local, stack, state } = await killedAtKey();
    await using _local = local;
    const before = state();
    const output = await outcomeOf(stack, recoverLine(local, ""));
    expect(output).toContain("nobody agreed");
    expect(output).toContain("It ended with 1.");
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
    const output = await outcomeOf(stack, recoverLine(local, "--yes"));
    expect(output).toContain(refusal);
    expect(output).toContain("It ended with 2.");
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
    const state = stateIn(local);
    const before = state();
    const output = await outcomeOf(stack, recoverLine(local, "--yes"));
    expect(output).toContain("It ended with 2.");
    expect(state()).toEqual(before);
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
    const output = await outcomeOf(stack, recoverLine(local, "--yes"));
    expect(output).toContain(
      `The bucket ${bucketName} has the name of audit-trails-bucket, and was left alone`,
    );
    expect(output).toContain("It ended with 1.");
    expect(stack.state().resources ?? []).toEqual([]);
  });

  test("where somebody else changed the state while it was asked", async () => {
    const { local, stack, state } = await killedAtKey();
    await using _local = local;
    let before: unknown;
    const { exitCode, told } = await recoverAsking(local, async () => {
      await stack.follow(recoverLine(local, "--yes"));
      before = state();
    });
    expect(told).toContain("Somebody else changed the state meanwhile");
    expect(exitCode).toBe(2);
    expect(state()).toEqual(before);
  });

  test("of which it cannot be told whether it is left over: without a first preview it ends with 2", async () => {
    const { local } = await killedAtKey();
    await using _local = local;
    const file = join(local.folder, "Pulumi.dev.yaml");
    const sound = readFileSync(file, "utf8");
    writeFileSync(file, sound.replace("bucketName", "bucket"));
    const { exitCode, told } = await recoverAsking(local, async () => writeFileSync(file, sound));
    expect(told).toContain("Without a preview it was not looked for what is left over");
    expect(told).toContain("What the program still wants");
    expect(exitCode).toBe(2);
  });
});

/** Runs `recover`, and does something else when it asks; then agrees. */
async function recoverAsking(local: LocalStack, meanwhile: () => Promise<void>) {
  const { emulator, folder } = local;
  const toolchain = await ensureToolchain(() => {});
  const { PATH } = (await withPulumi()).environment;
  const outer = { ...process.env };
  Object.assign(process.env, localEnvironment({ emulator, folder, toolchain }), { PATH });
  const lines: string[] = [];
  try {
    const options = {
      ...{ stack: "dev", backup: join(folder, "backup"), configFile: join(folder, "Pulumi.dev.yaml") },
    };
    const { exitCode } = await recover(options, {
      tell: (line) => lines.push(line),
      agree: async () => {
        await meanwhile();
        return true;
      },
    });
    return { exitCode, told: lines.join("\n") };
  } finally {
    process.env = outer;
  }
}
