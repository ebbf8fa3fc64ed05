import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { UploaderPlace } from "./choices";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { refuseOtherUploaders } from "./engine/otherUploaders";
import type { Fault } from "./guard";
import { type RolesArgs, trailRoles } from "./roles";

/** Newer releases of the provider have a resource for roles on a bucket. */
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

/** Returns the fault of a choice that this release of the provider does not support. */
export const uploaderFault = ({ uploader }: RolesArgs = {}): Fault | false =>
  uploader === UploaderPlace.Bucket &&
  !sdk.StorageBucketIamBinding && {
    path: "roles.uploader",
    reason:
      'is "bucket", and this release of the provider has no StorageBucketIamBinding, which grants roles on a bucket. Take a newer ' +
      'release (docs/provider-releases.md says how), or "folder"',
  };

/**
 * Gives accounts the role to upload to a bucket, on the bucket itself. The resource is authoritative: nobody else has the role
 * there. Where others have it, it is refused.
 *
 * @param owner Component that the resource is a child of.
 * @param name Name of the resource.
 * @param accountIds Ids of all service accounts that upload to the bucket.
 * @returns nothing where the provider has no such resource, which {@link uploaderFault} reports.
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
        // The provider would leave the role on the bucket before.
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
