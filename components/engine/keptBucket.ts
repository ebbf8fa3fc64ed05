import * as pulumi from "@pulumi/pulumi";
import { readBucket } from "../../api/buckets";
import { earlyHook } from "./earlyHook";
import { readLastState } from "./lastState";
import { ownerIn } from "./ownership";
import { withPatience } from "./program";
import { openCloudOf } from "./providerConnection";
import { recoverCommand } from "./removal";

/** Bucket that this stack left in the cloud, and the key that encrypts it. */
interface KeptBucket {
  readonly bucketName: string;
  readonly keyId: string;
}

/**
 * Returns a hook that runs before a new key is created. If this stack left one of the key's buckets in the cloud with
 * another key, the hook refuses the new key. In a preview it only warns. Failed calls to the cloud are ignored.
 *
 * @param component Resource whose provider is used.
 * @param keyName Logical name of the key.
 * @param bucketNames Buckets that the stack creates and encrypts with the key. Names that are not known yet are
 * skipped.
 */
export function refuseSecondKey(
  component: pulumi.ComponentResource,
  keyName: string,
  bucketNames: readonly pulumi.Input<string>[],
): pulumi.ResourceHookBinding {
  return earlyHook(["beforeCreate"], `${keyName} before a key is made`, async ({ newInputs }) => {
    const reading = findKept(component, newInputs?.folderId, bucketNames).catch(() => undefined);
    const kept = await withPatience(reading);
    if (!kept) return;
    const text = keptBucketText(kept, pulumi.getStack());
    if (!pulumi.runtime.isDryRun()) throw new Error(text);
    await pulumi.log.warn(text, component);
  });
}

/** Finds the first bucket that is missing in the state, exists in the cloud with this stack's tags, and has a key. */
async function findKept(
  component: pulumi.Resource,
  folderId: unknown,
  bucketNames: readonly pulumi.Input<string>[],
): Promise<KeptBucket | undefined> {
  const inState = Object.values(await readLastState()).map(({ outputs }) => outputs.bucket);
  const names = bucketNames.filter((name) => typeof name === "string" && !inState.includes(name)) as string[];
  if (names.length === 0) return undefined;
  const cloud = await openCloudOf(component);
  for (const bucketName of names) {
    const bucket = await readBucket(bucketName, cloud);
    const tags = Object.fromEntries(bucket?.tags.map(({ key, value }) => [key, value]) ?? []);
    const keyId = bucket?.encryption?.rules[0]?.kmsMasterKeyId;
    if (keyId && bucket?.folderId === folderId && ownerIn(tags).isOwn) return { bucketName, keyId };
  }
  return undefined;
}

/** Returns the message about a bucket that was left with its key. */
const keptBucketText = ({ bucketName, keyId }: KeptBucket, stack: string): string =>
  `This stack left bucket ${bucketName} in the cloud, encrypted with key ${keyId}. pulumi up creates no second key for it. Bring both ` +
  `back into the state, then run pulumi up:\n  ${recoverCommand(stack, [bucketName, keyId])}\nOr choose another \`bucketName\`.`;
