import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { z } from "zod";
import { grantUploads, uploaderFault } from "./bucketUploaders";
import { childOf, keepChild, withoutHandedOn } from "./children";
import { ScopeType, UploaderPlace } from "./choices";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { ownedDescription } from "./engine/ownership";
import { tellLostAccount } from "./engine/protection";
import { argumentKinds, type Fault, guard, input } from "./guard";
import { type RolesArgs, rolesNeeded, trailRoles } from "./roles";
import { type ResourceScopeArgs, scopeSchema } from "./scope";
import * as values from "./values";

/** Arguments of {@link TrailServiceAccount}. */
export interface TrailServiceAccountArgs {
  /** Folder that holds the account. */
  readonly folderId: pulumi.Input<string>;
  /**
   * What the account may collect audit logs of. Each key is the suffix of a role binding's resource name; it may be empty.
   */
  readonly scopes: Record<string, ResourceScopeArgs>;
  /**
   * Folders that hold the buckets, by suffixes as above. The account may upload to every bucket in them, so folders of
   * their own are best. Needed unless `roles.uploader` is `bucket`.
   * @default none
   */
  readonly bucketFolderIds?: Record<string, pulumi.Input<string>>;
  /**
   * Names of the buckets, by suffixes as above, where `roles.uploader` is `bucket`. On each the account alone may have the role
   * to upload: for a bucket of several accounts use `folder`.
   * @default none
   */
  readonly bucketNames?: Record<string, pulumi.Input<string>>;
  /**
   * Which of the vendor's documents the roles of the account follow.
   * @default the vendor's guide
   */
  readonly roles?: RolesArgs;
  /**
   * KMS keys of the buckets, by suffixes as above.
   * @default none: the buckets are unencrypted and the account gets no role on a key
   */
  readonly keyIds?: Record<string, pulumi.Input<string>>;
  /**
   * Existing account to give the roles to. It is only used: other roles of it are left alone, and the ones given stay when
   * the component goes, since another trail of the account may need them.
   * @default a new account
   */
  readonly existingId?: pulumi.Input<string>;
  /**
   * Name of the account, unique in its cloud.
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
 * The service account that trails work with, and the roles that the vendor's guide gives it. Each role is one
 * member of one resource's access bindings: nobody else's access is touched. Its own `hooks` and `ignoreChanges` are
 * handed on to a new account.
 */
export class TrailServiceAccount extends pulumi.ComponentResource {
  /** Id of the account. It may not have its roles yet: depend on the component to wait for them. */
  readonly serviceAccountId: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: TrailServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:TrailServiceAccount", name, {}, withoutHandedOn(opts));
    const given = guard("TrailServiceAccount", name, args, schema, (sound) => [
      sound.existingId !== undefined &&
        sound.name !== undefined && {
          path: "name",
          reason: "is for a new account, and existingId names one that exists",
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
          hooks: mergedHooks(opts?.hooks, childOptions.hooks, tellLostAccount(this, name)),
        },
      );
    const account = existingId === undefined ? makeAccount() : undefined;
    keepChild(this, account);
    this.serviceAccountId = account?.id ?? pulumi.output(existingId ?? "");
    const member = pulumi.interpolate`serviceAccount:${this.serviceAccountId}`;

    const needs = rolesNeeded(
      {
        scopes: Object.entries(given.scopes).map(([suffix, { resourceType: type, resourceId: id }]) => ({
          ...{ type, id, suffix },
        })),
        buckets: placesOf(ScopeType.Folder, given.bucketFolderIds ?? {}).map((folder) => ({ folder })),
        keys: placesOf("kms.symmetricKey", given.keyIds ?? {}),
      },
      given.roles,
    );
    for (const { role, on } of needs) {
      const [{ type, id, suffix }] = on;
      bindings[type](`${name}-${role}${suffix && `-${suffix}`}`, id, { role, member }, childOptions);
    }

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

  /** The account itself; absent for an existing one. */
  get serviceAccount(): yandex.IamServiceAccount | undefined {
    return childOf(this);
  }
}

/** The place of the role on the buckets that the choice of it lacks, or has no use for. */
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
          reason: "is missing: the account gets its role to upload there",
        },
        bucketNames !== undefined && {
          path: "bucketNames",
          reason: 'is for roles.uploader "bucket"; with "folder" give bucketFolderIds',
        },
      ];

/** Something that a role is granted on. */
interface Place {
  readonly type: ScopeType | "kms.symmetricKey";
  readonly id: pulumi.Input<string>;
  /** End of the binding's resource name. */
  readonly suffix: string;
}

const placesOf = (type: Place["type"], ids: Record<string, pulumi.Input<string>>): Place[] =>
  Object.entries(ids).map(([suffix, id]) => ({ type, id, suffix }));

type Bind = (
  name: string,
  id: pulumi.Input<string>,
  args: { readonly role: string; readonly member: pulumi.Output<string> },
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

/** Makes the binding of a role, by the type of what it is on. */
const bindings: Readonly<Record<Place["type"], Bind>> = {
  "organization-manager.organization": (name, organizationId, args, options) =>
    new yandex.OrganizationmanagerOrganizationIamMember(name, { organizationId, ...args }, options),
  "resource-manager.cloud": (name, cloudId, args, options) =>
    new yandex.ResourcemanagerCloudIamMember(name, { cloudId, ...args }, options),
  "resource-manager.folder": (name, folderId, args, options) =>
    new yandex.ResourcemanagerFolderIamMember(name, { folderId, ...args }, options),
  "kms.symmetricKey": (name, symmetricKeyId, args, options) =>
    new yandex.KmsSymmetricKeyIamMember(name, { symmetricKeyId, ...args }, options),
};
