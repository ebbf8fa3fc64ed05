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
 * A hook for the role to upload on a bucket: where others have it there, the provider would take it away from them. Then nothing
 * is granted, and a preview fails too.
 *
 * @param component Whose provider is used.
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
    // An account for previews need not read it. The update does.
    if (!pulumi.runtime.isDryRun())
      return `${unread} Granting the role would take it from others. The deployer needs storage.admin on the bucket.`;
    await pulumi.log.warn(unread, component);
    return undefined;
  }
}

/** Returns who else has the role to upload on a bucket itself, such as `userAccount:<id>`; nobody where there is no bucket. */
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
