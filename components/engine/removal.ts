import * as pulumi from "@pulumi/pulumi";
import { bucketExists, emptyBucket } from "../../api/buckets";
import { type Connection, canConnect } from "../../api/connection";
import { OnRemoval } from "../choices";
import { connectionOfProvider } from "./connection";
import { isMocked, programContext } from "./program";

/** Advice in the hooks' names: without the program the engine has no hook to call, and prints the name. */
const advice = "(needs: pulumi destroy --run-program)";

/**
 * Hooks for buckets and keys that are to be deleted when they leave the stack. A bucket is emptied first if that was asked
 * for. A key is refused deletion while a bucket of the stack is still there: its logs could not be read any more.
 *
 * They are registered also when no bucket or key is left in the program, since it is then that they are called.
 *
 * @param bucketNames Buckets that may hold logs encrypted with a key of the stack.
 */
export function removalHooks(
  name: string,
  onRemoval: OnRemoval,
  bucketNames: readonly pulumi.Input<string>[],
): { bucket: pulumi.ResourceHookBinding; key: pulumi.ResourceHookBinding } {
  if (onRemoval === OnRemoval.Keep || isMocked()) return { bucket: {}, key: {} };
  const names = pulumi.all([...bucketNames]);
  const inProgram = programContext();
  const guard = new pulumi.ResourceHook(`${name} before a key is deleted ${advice}`, ({ oldInputs }) =>
    inProgram(async () => requireBucketsGone(await resolved(names), String(oldInputs?.name))),
  );
  const key = { beforeDelete: [guard] };
  if (onRemoval !== OnRemoval.DeleteWithLogs) return { bucket: {}, key };
  const emptying = new pulumi.ResourceHook(`${name} before a bucket is deleted ${advice}`, ({ oldInputs }) =>
    inProgram(() => emptyBucket(String(oldInputs?.bucket), connection(), (text) => pulumi.log.info(text))),
  );
  return { bucket: { beforeDelete: [emptying] }, key };
}

async function requireBucketsGone(bucketNames: readonly string[], keyName: string): Promise<void> {
  for (const bucketName of bucketNames)
    if (await bucketExists(bucketName, connection()))
      throw new Error(
        `The key "${keyName}" was not deleted: bucket "${bucketName}" is still there, and logs in it may need the key. ` +
          'To leave the key and keep it in the cloud, set onRemoval to "keep" and run pulumi up with the key still in the ' +
          "stack; then take it out.",
      );
  await pulumi.log.warn(
    `Deleting the key "${keyName}": whatever is still encrypted with it becomes unreadable after 72 hours.`,
  );
}

/** @throws {Error} without credentials of a kind that can be used here. */
function connection(): Connection {
  const found = connectionOfProvider();
  if (canConnect(found)) return found;
  throw new Error(
    "Nothing was deleted: looking into buckets needs a token (YC_TOKEN) or an authorized key (YC_SERVICE_ACCOUNT_KEY_FILE).",
  );
}

const resolved = <T>(output: pulumi.Output<T>): Promise<T> =>
  new Promise((resolve) => {
    output.apply(resolve);
  });
