import { execFileSync } from "node:child_process";
import { localEnvironment } from "../../tools/local/environment";
import { stackName } from "../../tools/local/state";
import { ensureToolchain } from "../../tools/toolchain";
import { usedRelease } from "../../tools/toolchain/unavailable";
import { TemporaryFolder } from "./fakes";
import { bucketName, LocalStack, programOf } from "./localStack";

/**
 * True if the provider's release has the resource itself, as all have since 0.146.0. Otherwise a plugin of a few lines
 * replaces it.
 */
export const isThere = Number(usedRelease().provider.split(".")[1]) >= 146;

/** A stack whose SDK has a resource for the policies of buckets, on the real engine. */
export async function startNewer() {
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
    /** Number of removals of a bucket's policy. */
    removals: () => removals,
    [Symbol.asyncDispose]: async () => {
      await local[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

/** Last part of the token of the resource for the policy of a bucket. */
export const policyType = "StorageBucketPolicy";

/** The policies of buckets in the engine's state. */
export const policies = async (local: LocalStack) =>
  (await local.open()).state().resources.filter(({ type }) => type.endsWith(policyType));
