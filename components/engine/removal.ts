import * as pulumi from "@pulumi/pulumi";
import { bucketExists } from "../../api/buckets";
import { type CloudApi, openCloud } from "../../api/connection";
import { emptyBucket } from "../../api/emptyBucket";
import { OnRemoval } from "../choices";
import { heldBy } from "./outputs";
import { isMocked, programContext } from "./program";
import { connectionOf } from "./providerConnection";

/** Advice in the names of the hooks. Without the program the engine cannot call a hook, and prints its name. */
const advice = "(needs: pulumi destroy --run-program)";

/**
 * Returns hooks for buckets and keys that are deleted when they leave the stack. With `deleteWithLogs`, a bucket is
 * emptied first. A key is not deleted while a bucket of the stack exists, because the bucket's logs could never be read again.
 *
 * The hooks are registered even if the program has no bucket or key any more: they are called in exactly that case.
 *
 * @param component Resource whose provider is used.
 * @param bucketNames Buckets that may hold logs encrypted with a key of the stack.
 */
export function removalHooks(
  component: pulumi.Resource,
  name: string,
  onRemoval: OnRemoval,
  bucketNames: readonly pulumi.Input<string>[],
): { bucket: pulumi.ResourceHookBinding; key: pulumi.ResourceHookBinding } {
  if (onRemoval === OnRemoval.Keep || isMocked()) return { bucket: {}, key: {} };
  const names = pulumi.all([...bucketNames]);
  const inProgram = programContext();
  const cloud = async () => {
    const connection = await connectionOf(component);
    if (connection) return openCloud(connection);
    throw new Error("Nothing was deleted: a plugin does not receive the settings of an explicit provider.");
  };
  const guard = new pulumi.ResourceHook(`${name} before a key is deleted ${advice}`, ({ oldInputs }) =>
    inProgram(async () => requireBucketsGone(await cloud(), await heldBy(names), String(oldInputs?.name))),
  );
  const key = { beforeDelete: [guard] };
  if (onRemoval !== OnRemoval.DeleteWithLogs) return { bucket: {}, key };
  const emptying = new pulumi.ResourceHook(`${name} before a bucket is deleted ${advice}`, ({ oldInputs }) =>
    inProgram(async () => deleteLogs(await cloud(), String(oldInputs?.bucket))),
  );
  return { bucket: { beforeDelete: [emptying] }, key };
}

async function deleteLogs(cloud: CloudApi, bucketName: string): Promise<void> {
  await pulumi.log.info(`Checking bucket "${bucketName}" for locks before its logs are deleted.`);
  const { versions, bytes, locked, firstLocked } = await emptyBucket(bucketName, cloud);
  if (firstLocked) {
    const lock = firstLocked.until ? `until ${firstLocked.until.toISOString()}` : "legal hold";
    throw new Error(
      `Nothing was deleted: ${locked} of ${versions} versions in bucket "${bucketName}" are locked, such as ` +
        `${firstLocked.key} (${lock}). Keep the bucket, or try again after the locks end.`,
    );
  }
  await pulumi.log.info(
    `Deleted ${versions} versions of logs (${bytes} bytes) from bucket "${bucketName}", because of onRemoval: deleteWithLogs.`,
  );
}

async function requireBucketsGone(
  cloud: CloudApi,
  bucketNames: readonly string[],
  keyName: string,
): Promise<void> {
  for (const bucketName of bucketNames)
    if (await bucketExists(bucketName, cloud))
      throw new Error(
        `The key "${keyName}" was not deleted: bucket "${bucketName}" still exists, and logs in it may need the key. ` +
          'To keep the key in the cloud, set onRemoval to "keep" and run pulumi up with the key still in the ' +
          "stack. Then remove it from the stack.",
      );
  await pulumi.log.warn(
    `Deleting the key "${keyName}": data that is encrypted with it becomes unreadable after 72 hours.`,
  );
}

/**
 * Reports the resources that a destroy would leave in the cloud, and the command that imports them again. A program cannot see
 * whether it runs for a destroy. A hook on the kept resources would make a destroy without the program fail. So each run of an
 * unprotected stack reports them.
 */
export function reportKept(
  component: pulumi.Resource,
  bucketNames: readonly pulumi.Input<string>[],
  keyIds: readonly pulumi.Input<string>[],
): void {
  if (isMocked() || pulumi.runtime.isDryRun()) return;
  pulumi.all([pulumi.all([...bucketNames]), pulumi.all([...keyIds])]).apply(([buckets, keys]) => {
    if (buckets.length + keys.length > 0)
      void pulumi.log.info(keptText(buckets, keys, pulumi.getStack()), component);
  });
}

/** Returns the message about the resources that a destroy leaves, with the command that imports them again. */
function keptText(buckets: readonly string[], keys: readonly string[], stack: string): string {
  const kept = [...buckets.map((name) => `bucket ${name}`), ...keys.map((id) => `key ${id}`)];
  return (
    `This stack is not protected. pulumi destroy leaves ${kept.join(", ")} in the cloud, with every log. To use them ` +
    `in the stack again later, without a new key, run this before its first pulumi up:\n  ${recoverCommand(stack, [...buckets, ...keys])}`
  );
}

/** Returns the command that imports the resources that a destroy left in the cloud. */
export const recoverCommand = (stack: string, ids: readonly string[]): string =>
  `audit-trails recover --stack ${stack}${ids.map((id) => ` --take ${id}`).join("")}`;
