import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { UploaderPlace } from "./choices";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { refuseOtherUploaders } from "./engine/otherUploaders";
import type { Fault } from "./guard";
import { type RolesArgs, trailRoles } from "./roles";

/** SDK of the provider. Only newer releases have a resource for roles on a bucket. */
const sdk: Pick<typeof yandex, "StorageBucket"> & { readonly StorageBucketIamBinding?: RoleOnBucket } =
  yandex;

type RoleOnBucket = new (
  name: string,
  args: {
    readonly bucket: pulumi.Input<string>;
    readonly role: string;
    readonly members: pulumi.Input<string[]>;
  },
  opts: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** Returns a fault if `uploader` is `bucket` and this release of the provider does not support it. */
export const uploaderFault = ({ uploader }: RolesArgs = {}): Fault | false =>
  uploader === UploaderPlace.Bucket &&
  !sdk.StorageBucketIamBinding && {
    path: "roles.uploader",
    reason:
      'is "bucket", and this release of the provider has no StorageBucketIamBinding, which grants roles on a bucket. Use a newer ' +
      'release (docs/provider-releases.md says how), or "folder"',
  };

/**
 * Grants accounts the upload role on a bucket itself. The resource is authoritative: it revokes the role from everybody else. If
 * others have the role there, the update fails before it grants anything.
 *
 * @param owner Parent of the resource.
 * @param name Name of the resource.
 * @param accountIds Ids of all service accounts that upload to the bucket.
 * @returns undefined if the provider has no such resource, which {@link uploaderFault} reports.
 */
export function grantUploads(
  owner: pulumi.ComponentResource,
  name: string,
  bucketName: pulumi.Input<string>,
  accountIds: readonly pulumi.Input<string>[],
  options: pulumi.CustomResourceOptions = {},
): pulumi.CustomResource | undefined {
  const members = pulumi
    .all([...accountIds])
    .apply((ids) => [...new Set(ids)].sort().map((id) => `serviceAccount:${id}`));
  return (
    sdk.StorageBucketIamBinding &&
    new sdk.StorageBucketIamBinding(
      name,
      { bucket: bucketName, role: trailRoles.bucket, members },
      {
        parent: owner,
        // In an update the provider would leave the role on the previous bucket.
        replaceOnChanges: ["bucket"],
        ...options,
        hooks: mergedHooks(
          options.hooks,
          explainFailures(owner, "TrailServiceAccount", name),
          refuseOtherUploaders(owner, name),
        ),
      },
    )
  );
}
