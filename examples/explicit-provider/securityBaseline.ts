import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { EncryptionKey, LogBucket, ScopeType, Trail, TrailServiceAccount } from "yandex-audit-trails";

/** Arguments of {@link SecurityBaseline}. */
export interface SecurityBaselineArgs {
  readonly organizationId: pulumi.Input<string>;
  readonly folderId: pulumi.Input<string>;
  readonly bucketName: pulumi.Input<string>;
}

/** First parts of an organization: its audit logs, and an account for the system that collects them from the bucket. */
export class SecurityBaseline extends pulumi.ComponentResource {
  /** Place of the logs in the bucket. */
  readonly logs: pulumi.Output<string>;
  /** Name of the trail's account. */
  readonly collectorName: pulumi.Output<string>;

  constructor(name: string, args: SecurityBaselineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("acme:security:SecurityBaseline", name, {}, opts);
    const { organizationId, folderId } = args;
    // The parts take their provider from their parent, as other resources do.
    const inside = { parent: this };

    const encryption = new EncryptionKey(`${name}-key`, { folderId }, inside);
    const account = new TrailServiceAccount(
      `${name}-collector`,
      {
        folderId,
        scopes: { "": { resourceId: organizationId, resourceType: ScopeType.Organization } },
        bucketFolderIds: { "": folderId },
        keyIds: { "": encryption.keyId },
      },
      inside,
    );
    const storage = new LogBucket(
      `${name}-logs`,
      { folderId, name: args.bucketName, keyId: encryption.keyId },
      inside,
    );
    const { trail } = new Trail(
      `${name}-trail`,
      {
        folderId,
        scopes: [{ resourceId: organizationId, resourceType: ScopeType.Organization }],
        bucketName: storage.bucketName,
        serviceAccountId: account.serviceAccountId,
      },
      // The account's roles appear in no argument.
      { ...inside, dependsOn: [storage, account] },
    );

    // The resources inside the parts are there for what is around them.
    const { key } = encryption;
    const { bucket } = storage;
    const reader = new yandex.IamServiceAccount(
      `${name}-siem`,
      { folderId, name: `${name}-siem`, description: pulumi.interpolate`Reads the logs of ${trail.name}` },
      inside,
    );
    const member = pulumi.interpolate`serviceAccount:${reader.id}`;
    new yandex.ResourcemanagerFolderIamMember(
      `${name}-siem-reads`,
      { folderId: bucket.folderId, role: "storage.viewer", member },
      inside,
    );
    new yandex.KmsSymmetricKeyIamMember(
      `${name}-siem-decrypts`,
      { symmetricKeyId: key.id, role: "kms.keys.decrypter", member },
      inside,
    );

    this.logs = pulumi.interpolate`${bucket.bucket}/${trail.id}/`;
    this.collectorName = pulumi.output(account.serviceAccount?.name ?? "");
    this.registerOutputs({ logs: this.logs, collectorName: this.collectorName });
  }
}
