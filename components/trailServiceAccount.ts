import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { explainFailures } from "./engine/failures";
import { ownedDescription } from "./engine/ownership";
import type { ResourceScopeArgs } from "./trail";

/** Arguments of {@link TrailServiceAccount}. */
export interface TrailServiceAccountArgs {
  /** Folder that holds the account. */
  readonly folderId: pulumi.Input<string>;
  /**
   * What the account may collect audit logs of, by what tells the names of the role bindings apart: the empty text for the
   * first one.
   */
  readonly scopes: Record<string, ResourceScopeArgs>;
  /**
   * Folders that hold the buckets, by the same kind of name. The account may upload to every bucket in them, so folders of
   * their own are best.
   */
  readonly bucketFolderIds: Record<string, pulumi.Input<string>>;
  /**
   * KMS keys of the buckets, by the same kind of name.
   * @default none: the buckets are unencrypted and the account gets no role on a key
   */
  readonly keyIds?: Record<string, pulumi.Input<string>>;
  /**
   * Existing account to give the roles to. It is only used: other roles of it are left alone, and the ones given stay when
   * the component goes, since another trail of the account may need them.
   * @default a new account
   */
  readonly serviceAccountId?: pulumi.Input<string>;
  /**
   * Name of the account, unique in its cloud.
   * @default the component's name
   */
  readonly serviceAccountName?: pulumi.Input<string>;
}

/**
 * The service account that trails work with, and the roles that the vendor's guide gives it. Each role is one
 * member of one resource's access bindings: nobody else's access is touched.
 */
export class TrailServiceAccount extends pulumi.ComponentResource {
  /** Id of the account. It may not have its roles yet: depend on the component to wait for them. */
  readonly serviceAccountId: pulumi.Output<string>;

  constructor(name: string, args: TrailServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:TrailServiceAccount", name, {}, opts);
    const childOptions = {
      parent: this,
      retainOnDelete: args.serviceAccountId !== undefined,
      hooks: explainFailures("TrailServiceAccount", name),
    };

    this.serviceAccountId =
      args.serviceAccountId === undefined
        ? new yandex.IamServiceAccount(
            name,
            {
              folderId: args.folderId,
              name: args.serviceAccountName ?? name,
              description: ownedDescription("Collects audit logs and uploads them to the log bucket."),
            },
            childOptions,
          ).id
        : pulumi.output(args.serviceAccountId);
    const member = pulumi.interpolate`serviceAccount:${this.serviceAccountId}`;

    // The guide's roles. Newer pages of the vendor name narrower ones for bucket and key, but contradict each other;
    // these satisfy all of them.
    const grants: readonly { role: string; on: Record<string, pulumi.Input<string>>; bind: Bind }[] = [
      ...Object.entries(bindViewer).map(([type, bind]) => ({
        role: "audit-trails.viewer",
        on: idsOfType(args.scopes, type),
        bind,
      })),
      {
        role: "storage.uploader",
        on: args.bucketFolderIds,
        bind: bindOnFolder,
      },
      {
        role: "kms.keys.encrypterDecrypter",
        on: args.keyIds ?? {},
        bind: (name, symmetricKeyId, roleArgs, options) =>
          new yandex.KmsSymmetricKeyIamMember(name, { symmetricKeyId, ...roleArgs }, options),
      },
    ];
    for (const { role, on, bind } of grants)
      for (const [suffix, id] of Object.entries(on))
        bind(`${name}-${role}${suffix && `-${suffix}`}`, id, { role, member }, childOptions);

    this.registerOutputs({ serviceAccountId: this.serviceAccountId });
  }
}

type Bind = (
  name: string,
  id: pulumi.Input<string>,
  args: { readonly role: string; readonly member: pulumi.Output<string> },
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const bindOnFolder: Bind = (name, folderId, args, options) =>
  new yandex.ResourcemanagerFolderIamMember(name, { folderId, ...args }, options);

/** By type of scope: https://yandex.cloud/en/docs/audit-trails/concepts/trail#collecting-area */
const bindViewer: Readonly<Record<string, Bind>> = {
  "organization-manager.organization": (name, organizationId, args, options) =>
    new yandex.OrganizationmanagerOrganizationIamMember(name, { organizationId, ...args }, options),
  "resource-manager.cloud": (name, cloudId, args, options) =>
    new yandex.ResourcemanagerCloudIamMember(name, { cloudId, ...args }, options),
  "resource-manager.folder": bindOnFolder,
};

const idsOfType = (scopes: Record<string, ResourceScopeArgs>, type: string) =>
  Object.fromEntries(
    Object.entries(scopes)
      .filter(([, { resourceType }]) => resourceType === type)
      .map(([suffix, { resourceId }]) => [suffix, resourceId] as const),
  );
