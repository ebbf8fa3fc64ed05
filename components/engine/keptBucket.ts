import * as pulumi from "@pulumi/pulumi";
import { readBucket } from "../../api/buckets";
import { readLastState } from "./lastState";
import { ownerIn } from "./ownership";
import { isMocked, programContext, withPatience } from "./program";
import { openCloudOf } from "./providerConnection";
import { recoverCommand } from "./removal";

/** A bucket that this stack left in the cloud, and the key that encrypts it. */
interface KeptBucket {
  readonly bucketName: string;
  readonly keyId: string;
}

/**
 * A hook for a new key: where a bucket that it is for was left by this stack with a key of its own, no second key is made. A
 * preview warns of it. What the cloud does not show is skipped.
 *
 * @param component Whose provider is used.
 * @param keyName Logical name of the key.
 * @param bucketNames Buckets that the stack makes and encrypts with the key; names that come late are not checked.
 */
export function refuseSecondKey(
  component: pulumi.ComponentResource,
  keyName: string,
  bucketNames: readonly pulumi.Input<string>[],
): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const inProgram = programContext();
  const hook = new pulumi.ResourceHook(
    `${keyName} before a key is made`,
    ({ newInputs }) =>
      inProgram(async () => {
        const looking = findKept(component, newInputs?.folderId, bucketNames).catch(() => undefined);
        const kept = await withPatience(looking);
        if (!kept) return;
        const text = keptBucketText(kept, pulumi.getStack());
        if (!pulumi.runtime.isDryRun()) throw new Error(text);
        await pulumi.log.warn(text, component);
      }),
    { onDryRun: true },
  );
  return { beforeCreate: [hook] };
}

/** Finds the first bucket that the state does not have, and the cloud has with the marks of this stack and a key. */
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

/** What to do about a bucket that was left with its key. */
const keptBucketText = ({ bucketName, keyId }: KeptBucket, stack: string): string =>
  `This stack left bucket ${bucketName} in the cloud, encrypted with key ${keyId}. pulumi up makes no second key for it. Take both ` +
  `into the state, then run pulumi up:\n  ${recoverCommand(stack, [bucketName, keyId])}\nOr choose another \`bucketName\`.`;
