import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { explainFailures } from "./failures";

/** Arguments of {@link TrailServiceAccount}. */
export interface TrailServiceAccountArgs {
  /** Organization whose audit logs the account may collect. */
  readonly organizationId: pulumi.Input<string>;
  /** Folder that holds the account, and the bucket it uploads to unless `bucketFolderId` says otherwise. */
  readonly folderId: pulumi.Input<string>;
  /**
   * Folder that holds the bucket. The account may upload to every bucket in it, so a folder of its own is best.
   * @default folderId
   */
  readonly bucketFolderId?: pulumi.Input<string>;
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
  /**
   * KMS key of the bucket.
   * @default none: the bucket is unencrypted and the account gets no role on a key
   */
  readonly keyId?: pulumi.Input<string>;
}

/**
 * The service account that the trail works with, and the roles that the vendor's guide gives it. Each role is one
 * member of one resource's access bindings: nobody else's access is touched.
 */
export class TrailServiceAccount extends pulumi.ComponentResource {
  /** Id of the account. It may not have its roles yet: depend on the component to wait for them. */
  readonly serviceAccountId: pulumi.Output<string>;

  constructor(name: string, args: TrailServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:TrailServiceAccount", name, {}, opts);
    const { organizationId, folderId, keyId } = args;
    const bucketFolderId = args.bucketFolderId ?? folderId;
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
              folderId,
              name: args.serviceAccountName ?? name,
              description: "Collects the audit logs of the organization and uploads them to the log bucket.",
            },
            childOptions,
          ).id
        : pulumi.output(args.serviceAccountId);
    const member = pulumi.interpolate`serviceAccount:${this.serviceAccountId}`;

    // The guide's roles. Newer pages of the vendor name narrower ones for bucket and key, but contradict each other;
    // these satisfy all of them.
    const roles = [
      {
        role: "audit-trails.viewer",
        bind: (role: string) =>
          new yandex.OrganizationmanagerOrganizationIamMember(
            `${name}-${role}`,
            { organizationId, role, member },
            childOptions,
          ),
      },
      {
        role: "storage.uploader",
        bind: (role: string) =>
          new yandex.ResourcemanagerFolderIamMember(
            `${name}-${role}`,
            { folderId: bucketFolderId, role, member },
            childOptions,
          ),
      },
      {
        role: "kms.keys.encrypterDecrypter",
        bind: (role: string) =>
          keyId &&
          new yandex.KmsSymmetricKeyIamMember(
            `${name}-${role}`,
            { symmetricKeyId: keyId, role, member },
            childOptions,
          ),
      },
    ];
    for (const { role, bind } of roles) bind(role);

    this.registerOutputs({ serviceAccountId: this.serviceAccountId });
  }
}
