import * as pulumi from "@pulumi/pulumi";
import { type LastState, readLastState } from "./lastState";
import { heldBy } from "./outputs";
import { isMocked } from "./program";

/**
 * Reports what becomes of a bucket's policy where the stack comes from a release of the provider that managed the policy as a
 * property of the bucket. In newer releases it is a resource of its own.
 *
 * @param component The log bucket.
 * @param bucket Name of the bucket's resource.
 * @param isManaged Whether the program gives a policy.
 */
export async function tellMovedPolicy(
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
    // Without the state there is nothing to compare; the engine lists the resource.
  }
}

/** Returns the report on the policy that the state has in the bucket's property alone; nothing where there is none. */
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
          `The policy of bucket ${bucketName} becomes a resource of its own, "${bucket}-policy": this release of the provider ` +
          "manages it so. The bucket is never without a policy.",
      }
    : {
        severity: "warn",
        text:
          `Bucket ${bucketName} keeps the policy that it had when it was read last, although \`access\` is not set: this release of ` +
          "the provider removes only a policy that it has managed as a resource. To read the bucket again, run pulumi refresh. To " +
          "remove the policy, set `access` and run pulumi up. Then take `access` out, and run pulumi up again.",
      };
}
