import * as pulumi from "@pulumi/pulumi";
import { type Binding, bindingsOf } from "../../api/bindings";
import { readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { failureText } from "../../api/failures";
import { trailRoles } from "../roles";
import { otherHolders, otherUploadersText } from "../soleUploads";
import { isMocked, programContext } from "./program";
import { openCloudOf } from "./providerConnection";

/**
 * Returns a hook for the upload role on a bucket. If others have the role there, the provider would revoke it from them. Then the
 * hook fails the update or the preview, and nothing is granted.
 *
 * @param component Component whose provider is used.
 */
export function refuseOtherUploaders(
  component: pulumi.ComponentResource,
  name: string,
): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const inProgram = programContext();
  const hook = new pulumi.ResourceHook(
    `${name} before a role on a bucket is granted`,
    ({ newInputs }) =>
      inProgram(async () => {
        const { bucket, members } = newInputs ?? {};
        if (typeof bucket !== "string") return;
        const refusal = await refusalFor(bucket, Array.isArray(members) ? members : [], component);
        if (refusal) throw new Error(`Nothing was granted on bucket ${bucket}: ${refusal}`);
      }),
    { onDryRun: true },
  );
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

async function refusalFor(
  bucketName: string,
  members: readonly unknown[],
  component: pulumi.Resource,
): Promise<string | undefined> {
  try {
    const others = await otherUploaders(bucketName, members, await openCloudOf(component));
    return others.length > 0 ? otherUploadersText(bucketName, others) : undefined;
  } catch (error) {
    const unread = `It is unknown who has ${trailRoles.bucket} on bucket ${bucketName}: ${failureText(error)}.`;
    // An account for previews may lack the permission. The update needs it.
    if (!pulumi.runtime.isDryRun())
      return `${unread} Granting the role would revoke it from others. The deployer needs storage.admin on the bucket.`;
    await pulumi.log.warn(unread, component);
    return undefined;
  }
}

/** Returns the other holders of the upload role on a bucket, such as `userAccount:<id>`; none if the bucket does not exist. */
async function otherUploaders(
  bucketName: string,
  members: readonly unknown[],
  cloud: CloudApi,
): Promise<string[]> {
  const bucket = await readBucket(bucketName, cloud);
  if (!bucket) return [];
  const bindings: Binding[] = [];
  const place = { type: "storage.bucket", id: bucket.resourceId || bucketName };
  for await (const binding of bindingsOf(place, cloud)) bindings.push(binding);
  return otherHolders(bindings, members);
}
