import { execFileSync } from "node:child_process";
import { localEnvironment } from "../../local/environment";
import { stackName } from "../../local/state";
import { ensureToolchain } from "../../toolchain";
import { readRelease } from "../../toolchain/release";
import { TemporaryFolder } from "../support/fakes";
import { bucketName, LocalStack, programOf, typeOf } from "../support/localStack";

/**
 * Whether the provider's release has the resource itself, as all have since 0.146.0. Where it has none, a plugin of a few
 * lines stands for it.
 */
const isThere = Number(readRelease().provider.split(".")[1]) >= 146;

/** A stack whose SDK has a resource for the policies of buckets, on the real engine. */
async function startNewer() {
  const folder = new TemporaryFolder();
  folder.script(
    "pulumi-resource-policyplugin",
    `exec '${process.execPath}' --require '${require.resolve("tsx/cjs")}' '${programOf("policyPlugin")}' "$@"`,
  );
  const local = await LocalStack.start({}, { folder: folder.path });
  const { emulator } = local;
  const { cloud } = emulator;
  let removals = 0;
  const isPolicy = (target: unknown) => {
    if ((target as { query: Map<string, string> }).query.has("policy")) removals += 1;
    return false;
  };
  cloud.faults.fail({ method: "s3/DELETE", request: isPolicy }, "CANCELLED");
  return {
    local,
    newer: isThere
      ? {}
      : {
          program: programOf("policyResource"),
          environment: { PATH: `${folder.path}:${process.env.PATH}` },
        },
    access: { administrators: [cloud.deployer.id] },
    policyOf: (bucket = bucketName) => cloud.buckets.find(bucket)?.policy,
    /** Runs a command of the CLI on the stack. */
    run: async (...args: string[]) => {
      const toolchain = await ensureToolchain(() => {});
      const env = localEnvironment({ toolchain, emulator, folder: folder.path });
      execFileSync(toolchain.pulumi, [...args, "--stack", stackName], { env, stdio: "pipe" });
    },
    /** How often the policy of a bucket was removed. */
    removals: () => removals,
    [Symbol.asyncDispose]: async () => {
      await local[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

const policyType = "StorageBucketPolicy";

test("the policy is put after the bucket, drifts nowhere, and leaves the bucket of a protected stack with the configuration", async () => {
  await using stack = await startNewer();
  const { local, newer, access, policyOf } = stack;
  await local.up({ access }, newer);
  expect(policyOf()).toBeDefined();
  expect(await policies(local)).toHaveLength(1);
  const trail = (await local.resources()).find(({ type }) => type.endsWith(":AuditTrailsTrail"));
  expect(trail?.dependencies?.map(typeOf)).toContain(policyType);
  await local.expectSettled({ access }, newer);

  await expect((await local.open({ access }, newer)).destroy()).rejects.toThrow("protected");
  expect(stack.removals()).toBe(0);
  expect(await policies(local)).toHaveLength(1);

  const { changes } = await local.up({}, newer);
  expect(changes.delete).toBe(1);
  expect(stack.removals()).toBe(1);
  expect(policyOf()).toBeUndefined();
  await local.expectSettled({}, newer);
});

test("a bucket that is kept keeps its policy: when the stack goes, and when another bucket takes its place", async () => {
  await using stack = await startNewer();
  const { local, newer, access, policyOf } = stack;
  const config = { access, protected: "false" };
  await local.up(config, newer);
  const trails = { organization: { trailName: "another-trail" } };
  await local.up({ ...config, bucketName: "another-bucket", trails }, newer);
  expect(policyOf("another-bucket")).toBeDefined();
  expect(policyOf()).toBeDefined();

  await (await local.open(config, newer)).destroy();
  expect(await local.resources()).toEqual([]);
  expect(policyOf("another-bucket")).toBeDefined();
  expect(policyOf()).toBeDefined();
  expect(stack.removals()).toBe(0);
});

test("a bucket with logs that is not deleted keeps its policy, which the next up takes up again", async () => {
  await using stack = await startNewer();
  const { local, newer, access, policyOf } = stack;
  const config = { access, protected: "false", onRemoval: "deleteIfEmpty" };
  await local.up(config, newer);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  const destroyed = (await local.open(config, newer)).destroy({ args: ["--run-program"] });
  await expect(destroyed).rejects.toThrow("The bucket holds audit logs");
  expect(policyOf()).toBeDefined();
  expect(stack.removals()).toBe(0);
  await local.up({ access }, newer);
  expect(await policies(local)).toHaveLength(1);
});

test("a bucket that is deleted takes its policy with it", async () => {
  await using stack = await startNewer();
  const { local, newer, access } = stack;
  const config = {
    access: { ...access, denyDelete: false },
    protected: "false",
    onRemoval: "deleteWithLogs",
  };
  await local.up(config, newer);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  await (await local.open(config, newer)).destroy({ args: ["--run-program"] });
  expect(await policies(local)).toEqual([]);
  expect(local.emulator.cloud.buckets.all()).toEqual([]);
});

// Needs both kinds of release.
(isThere ? test.skip : test)(
  "a stack moves to the newer release and back, and its policy with denyDelete is never off the bucket",
  async () => {
    await using stack = await startNewer();
    const { local, newer, policyOf } = stack;
    const access = { ...stack.access, readers: ["reader"] };
    await local.up({ access: stack.access });
    const before = policyOf();
    expect(JSON.stringify(before)).toContain("nobody-deletes");

    // There: a plain up.
    await local.up({ access: stack.access }, newer);
    expect(policyOf()).toEqual(before);
    await local.expectSettled({ access: stack.access }, newer);
    await local.up({ access }, newer);
    const changed = policyOf();
    expect(changed).not.toEqual(before);

    // Back: the resource stays where it is while the bucket takes the policy over, and then leaves the state alone.
    await local.up({ access }, {}, { args: ["--exclude", `**${policyType}**`] });
    for (const { urn } of await policies(local)) await stack.run("state", "delete", "--yes", urn);
    await local.expectSettled({ access });
    expect(policyOf()).toEqual(changed);
    expect(stack.removals()).toBe(0);

    // From here on the bucket's own property rules again.
    await local.up();
    expect(policyOf()).toBeUndefined();
  },
);

const policies = async (local: LocalStack) =>
  (await local.open()).state().resources.filter(({ type }) => type.endsWith(policyType));
