import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { z } from "zod";
import { grantUploads, uploaderFault } from "./bucketUploaders";
import { childOf, keepChild, withoutHandedOn } from "./children";
import { ScopeType, UploaderPlace } from "./choices";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { ownedDescription } from "./engine/ownership";
import { warnOfLostAccount } from "./engine/protection";
import { argumentKinds, type Fault, guard, input } from "./guard";
import { bindRole, type Place, placesOf } from "./roleBinding";
import { type RolesArgs, rolesNeeded, trailRoles } from "./roles";
import { type ResourceScopeArgs, scopeSchema } from "./scope";
import * as values from "./values";

/** Arguments of {@link TrailServiceAccount}. */
export interface TrailServiceAccountArgs {
  /** Folder of the account. */
  readonly folderId: pulumi.Input<string>;
  /**
   * Scopes from which the account may collect audit logs. Each key is the suffix of a role binding's resource name. It may be
   * empty.
   */
  readonly scopes: Record<string, ResourceScopeArgs>;
  /**
   * Ids of the folders of the buckets. The keys are suffixes as above. The account may upload to every bucket in these
   * folders, so use separate folders for log buckets. Required unless `roles.uploader` is `bucket`.
   * @default none
   */
  readonly bucketFolderIds?: Record<string, pulumi.Input<string>>;
  /**
   * Names of the buckets, for `roles.uploader: bucket`. The keys are suffixes as above. Nobody else may have the upload role on
   * these buckets. If several accounts upload to a bucket, use `folder`.
   * @default none
   */
  readonly bucketNames?: Record<string, pulumi.Input<string>>;
  /**
   * Choice of the account's roles, where the vendor's documents differ.
   * @default the vendor's guide
   */
  readonly roles?: RolesArgs;
  /**
   * Ids of the KMS keys of the buckets. The keys of the record are suffixes as above.
   * @default none: the buckets are unencrypted and the account gets no role on a key
   */
  readonly keyIds?: Record<string, pulumi.Input<string>>;
  /**
   * Id of an existing account that receives the roles. Its other roles are not changed. The granted roles stay when the
   * component is deleted, because another trail of the account may need them.
   * @default a new account
   */
  readonly existingId?: pulumi.Input<string>;
  /**
   * Name of a new account, unique in its cloud.
   * @default the component's name
   */
  readonly name?: pulumi.Input<string>;
}

const schema = values.only({
  folderId: input(values.id("a folder")),
  scopes: z.record(z.string(), scopeSchema),
  bucketFolderIds: z.record(z.string(), input(values.id("a folder"))).optional(),
  bucketNames: z.record(z.string(), input(values.bucketName)).optional(),
  roles: values.roles(argumentKinds).optional(),
  keyIds: z.record(z.string(), input(values.id("a key"))).optional(),
  existingId: input(values.id("an existing service account")).optional(),
  name: input(values.name).optional(),
});

/**
 * Service account of trails, with the roles that the vendor's guide requires. Each role is a single binding, so the
 * access of others is never changed. The component passes its `hooks` and `ignoreChanges` to a new account.
 */
export class TrailServiceAccount extends pulumi.ComponentResource {
  /** Id of the account. It may not have its roles yet: to wait for them, depend on the component. */
  readonly serviceAccountId: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: TrailServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:TrailServiceAccount", name, {}, withoutHandedOn(opts));
    const given = guard("TrailServiceAccount", name, args, schema, (sound) => [
      sound.existingId !== undefined &&
        sound.name !== undefined && {
          path: "name",
          reason: "is only for a new account, but existingId names an existing one",
        },
      uploaderFault(sound.roles),
      ...placeFaults(sound),
    ]);
    const { folderId, existingId } = given;
    const childOptions = {
      parent: this,
      retainOnDelete: existingId !== undefined,
      hooks: explainFailures(this, "TrailServiceAccount", name),
    };

    const makeAccount = () =>
      new yandex.IamServiceAccount(
        name,
        {
          folderId,
          name: given.name ?? name,
          description: ownedDescription("Collects audit logs and uploads them to the log bucket."),
        },
        {
          ...childOptions,
          ignoreChanges: opts?.ignoreChanges,
          hooks: mergedHooks(opts?.hooks, childOptions.hooks, warnOfLostAccount(this, name)),
        },
      );
    const account = existingId === undefined ? makeAccount() : undefined;
    keepChild(this, account);
    this.serviceAccountId = account?.id ?? pulumi.output(existingId ?? "");
    const member = pulumi.interpolate`serviceAccount:${this.serviceAccountId}`;

    const needs = rolesNeeded<Place>(
      {
        scopes: Object.entries(given.scopes).map(([suffix, { resourceType: type, resourceId: id }]) => ({
          ...{ type, id, suffix },
        })),
        buckets: placesOf(ScopeType.Folder, given.bucketFolderIds ?? {}).map((folder) => ({ folder })),
        keys: placesOf("kms.symmetricKey", given.keyIds ?? {}),
      },
      given.roles,
    );
    for (const { role, on } of needs) bindRole(name, role, on[0], member, childOptions);

    for (const [suffix, bucketName] of Object.entries(given.bucketNames ?? {}))
      grantUploads(
        this,
        `${name}-${trailRoles.bucket}${suffix && `-${suffix}`}`,
        bucketName,
        [this.serviceAccountId],
        { retainOnDelete: childOptions.retainOnDelete },
      );

    this.registerOutputs({ serviceAccountId: this.serviceAccountId });
  }

  /** Service account of the component; undefined for an existing account. */
  get serviceAccount(): yandex.IamServiceAccount | undefined {
    return childOf(this);
  }
}

/** Returns the faults of `bucketFolderIds` and `bucketNames`: the needed one is missing, or the other one is set. */
const placeFaults = ({ roles, bucketFolderIds, bucketNames }: TrailServiceAccountArgs): (Fault | false)[] =>
  roles?.uploader === UploaderPlace.Bucket
    ? [
        bucketFolderIds !== undefined &&
          Object.keys(bucketFolderIds).length > 0 && {
            path: "bucketFolderIds",
            reason: 'is for roles.uploader "folder"; with "bucket" give bucketNames',
          },
      ]
    : [
        bucketFolderIds === undefined && {
          path: "bucketFolderIds",
          reason: "is missing: the account gets its upload role on these folders",
        },
        bucketNames !== undefined && {
          path: "bucketNames",
          reason: 'is for roles.uploader "bucket"; with "folder" give bucketFolderIds',
        },
      ];
