import * as pulumi from "@pulumi/pulumi";
import { type LastState, readLastState } from "./lastState";
import { heldBy } from "./outputs";
import { isMocked } from "./program";

/**
 * Reports what happens to a bucket's policy after a move to a newer release of the provider. Older releases managed the policy as
 * a property of the bucket; in newer ones it is a separate resource.
 *
 * @param component Component of the log bucket.
 * @param bucket Name of the bucket's resource.
 * @param isManaged True if the program sets a policy.
 */
export async function reportMovedPolicy(
  component: pulumi.ComponentResource,
  bucket: string,
  isManaged: boolean,
): Promise<void> {
  if (isMocked()) return;
  try {
    const [state, urn] = await Promise.all([readLastState(), heldBy(component.urn)]);
    const move = policyMove(state, urn, bucket, isManaged);
    if (move) await pulumi.log[move.severity](move.text, component);
  } catch {
    // Without the state there is nothing to compare. The engine prints the new resource anyway.
  }
}

/** Returns the report; undefined unless the state has a policy as a property of the bucket, and not as a resource. */
export function policyMove(
  state: LastState,
  urn: string,
  bucket: string,
  isManaged: boolean,
): { readonly severity: "info" | "warn"; readonly text: string } | undefined {
  const children = Object.entries(state).filter(([key]) => key.startsWith(`${urn.replace(/::[^:]*$/, "")}$`));
  const childOf = (type: string, name: string) =>
    children.find(([key]) => key.endsWith(`:${type}::${name}`))?.[1];
  const { policy, bucket: bucketName } = childOf("StorageBucket", bucket)?.outputs ?? {};
  if (!policy || childOf("StorageBucketPolicy", `${bucket}-policy`)) return undefined;
  return isManaged
    ? {
        severity: "info",
        text:
          `The policy of bucket ${bucketName} becomes a separate resource, "${bucket}-policy", in this release of the ` +
          "provider. The bucket is never without a policy.",
      }
    : {
        severity: "warn",
        text:
          `Bucket ${bucketName} keeps the policy that it had when it was last read, although \`access\` is not set. This release of ` +
          "the provider removes only a policy that it has managed as a resource. To read the bucket again, run pulumi refresh. To " +
          "remove the policy, set `access` and run pulumi up. Then remove `access` and run pulumi up again.",
      };
}
