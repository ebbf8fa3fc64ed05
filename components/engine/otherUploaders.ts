import * as pulumi from "@pulumi/pulumi";
import { readBucket } from "../../api/buckets";
import { failureText } from "../../api/failures";
import { trailRoles } from "../roles";
import { otherUploaders, otherUploadersText } from "../soleUploads";
import { earlyHook } from "./earlyHook";
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
  const hookName = `${name} before a role on a bucket is granted`;
  return earlyHook(["beforeCreate", "beforeUpdate"], hookName, async ({ newInputs }) => {
    const { bucket, members } = newInputs ?? {};
    if (typeof bucket !== "string") return;
    const refusal = await refusalFor(bucket, Array.isArray(members) ? members : [], component);
    if (refusal) throw new Error(`Nothing was granted on bucket ${bucket}: ${refusal}`);
  });
}

async function refusalFor(
  bucketName: string,
  members: readonly unknown[],
  component: pulumi.Resource,
): Promise<string | undefined> {
  try {
    const cloud = await openCloudOf(component);
    const found = await readBucket(bucketName, cloud);
    if (!found) return undefined;
    const others = await otherUploaders(found.resourceId || bucketName, members, cloud);
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
