import * as pulumi from "@pulumi/pulumi";
import { EncryptionKey } from "./encryptionKey";
import { LogBucket } from "./logBucket";
import { Trail } from "./trail";
import { TrailServiceAccount } from "./trailServiceAccount";

/** Arguments of {@link OrganizationAuditTrail}. */
export interface OrganizationAuditTrailArgs {
  /** Organization whose audit logs are delivered. */
  readonly organizationId: pulumi.Input<string>;
  /** Folder that holds the trail, and what is made for it. */
  readonly folderId: pulumi.Input<string>;
  /** Name of the bucket, 3 to 63 characters, unique in the whole service. */
  readonly bucketName: pulumi.Input<string>;
  /**
   * Folder of an existing bucket of that name. The bucket is only used: whether it is encrypted, and how, is its owner's
   * business. Name its key in `keyId`, or set `encrypted` to false if it has none.
   * @default a new bucket in `folderId`
   */
  readonly bucketFolderId?: pulumi.Input<string>;
  /**
   * Whether the logs are encrypted with a KMS key of their own. `false` is the variant of the guide's tip: no key,
   * and no role on one.
   * @default true
   */
  readonly encrypted?: boolean;
  /**
   * Existing key that encrypts the logs. It is only used; the trail's account gets a role on it.
   * @default a new key
   */
  readonly keyId?: pulumi.Input<string>;
  /**
   * Existing service account of the trail. It is only used, and gets the roles that it needs.
   * @default a new account
   */
  readonly serviceAccountId?: pulumi.Input<string>;
  /**
   * Whether bucket and key stay in the cloud when they leave the stack, with every log. Without it the key is deleted
   * with the stack, and the bucket if it is empty.
   * @default true
   */
  readonly retainLogs?: boolean;
  /**
   * Name of the key, at most 100 characters.
   * @default the component's name and `-key`
   */
  readonly keyName?: pulumi.Input<string>;
  /**
   * Algorithm of new key versions: `AES_128`, `AES_192`, `AES_256` or `AES_256_HSM`.
   * @default "AES_256"
   */
  readonly keyAlgorithm?: pulumi.Input<string>;
  /**
   * Time after which the service makes a new key version, as a Go duration.
   * @default "8760h", a year
   */
  readonly keyRotationPeriod?: pulumi.Input<string>;
  /**
   * Name of the trail's service account, unique in its cloud.
   * @default the component's name and `-account`
   */
  readonly serviceAccountName?: pulumi.Input<string>;
  /**
   * Name of the trail, unique in its folder.
   * @default the component's name
   */
  readonly trailName?: pulumi.Input<string>;
  /**
   * Description of the trail, at most 1024 characters.
   * @default none
   */
  readonly trailDescription?: pulumi.Input<string>;
  /**
   * What the keys of the log objects begin with, before the trail's id.
   * @default none
   */
  readonly objectPrefix?: pulumi.Input<string>;
  /**
   * How long, in seconds, a denial is put down to roles that were granted just now, and the trail is tried again.
   * @default 120
   */
  readonly rolePropagationTimeout?: number;
  /**
   * How long, in seconds, an update waits for the trail to be ACTIVE before it fails; 0 for not looking.
   * @default 60
   */
  readonly activeTimeout?: number;
  /**
   * Labels of key and trail, and tags of the bucket, at most 64.
   * @default none
   */
  readonly labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Delivers the audit logs of a whole organization to a bucket, as the vendor's guide describes. Everything in it is
 * protected from deletion unless the option `protect` is false: protecting bucket and key alone would let a `destroy` take
 * the trail first, and open a gap in the record.
 */
export class OrganizationAuditTrail extends pulumi.ComponentResource {
  /** Id of the trail. */
  readonly trailId: pulumi.Output<string>;
  /** Status at the end of the update: `ACTIVE`, `ERROR` or `DELETED`. */
  readonly trailStatus: pulumi.Output<string>;
  /** Name of the bucket. */
  readonly bucketName: pulumi.Output<string>;
  /** Address of the bucket; absent for an existing one. */
  readonly bucketUrl?: pulumi.Output<string>;
  /** Id of the key; absent if the logs are not encrypted. */
  readonly keyId?: pulumi.Output<string>;
  /** Id of the trail's service account. */
  readonly serviceAccountId: pulumi.Output<string>;
  /** What the keys of the log objects begin with: `[<prefix>/]<trail id>/`. */
  readonly objectKeyPrefix: pulumi.Output<string>;

  constructor(name: string, args: OrganizationAuditTrailArgs, opts?: pulumi.ComponentResourceOptions) {
    super(
      "yandex-audit-trails:index:OrganizationAuditTrail",
      name,
      {},
      { ...opts, protect: opts?.protect ?? true },
    );
    requireConsistent(args);
    const { organizationId, folderId, labels, encrypted = true, retainLogs = true } = args;

    const existingKeyId = args.keyId === undefined ? undefined : pulumi.output(args.keyId);
    const newKey =
      encrypted && !existingKeyId
        ? new EncryptionKey(
            `${name}-key`,
            {
              folderId,
              keyName: args.keyName,
              keyAlgorithm: args.keyAlgorithm,
              keyRotationPeriod: args.keyRotationPeriod,
              labels,
            },
            { parent: this, retainOnDelete: retainLogs },
          )
        : undefined;
    this.keyId = encrypted ? (existingKeyId ?? newKey?.keyId) : undefined;

    const newBucket =
      args.bucketFolderId === undefined
        ? new LogBucket(
            `${name}-bucket`,
            { folderId, bucketName: args.bucketName, keyId: this.keyId, tags: labels },
            { parent: this, retainOnDelete: retainLogs },
          )
        : undefined;
    this.bucketName = newBucket?.bucketName ?? pulumi.output(args.bucketName);
    this.bucketUrl = newBucket?.bucketUrl;

    const serviceAccount = new TrailServiceAccount(
      `${name}-account`,
      {
        organizationId,
        folderId,
        bucketFolderId: args.bucketFolderId,
        serviceAccountId: args.serviceAccountId,
        serviceAccountName: args.serviceAccountName,
        keyId: this.keyId,
      },
      { parent: this },
    );
    this.serviceAccountId = serviceAccount.serviceAccountId;

    const trail = new Trail(
      name,
      {
        folderId,
        organizationId,
        bucketName: this.bucketName,
        serviceAccountId: this.serviceAccountId,
        trailName: args.trailName,
        trailDescription: args.trailDescription,
        objectPrefix: args.objectPrefix,
        rolePropagationTimeout: args.rolePropagationTimeout,
        activeTimeout: args.activeTimeout,
        labels,
      },
      // The service account's roles appear in no argument of the trail, and it is refused or fails without them.
      { parent: this, dependsOn: newBucket ? [newBucket, serviceAccount] : [serviceAccount] },
    );

    this.trailId = trail.trailId;
    this.trailStatus = trail.trailStatus;
    this.objectKeyPrefix = trail.objectKeyPrefix;
    this.registerOutputs({
      trailId: this.trailId,
      trailStatus: this.trailStatus,
      bucketName: this.bucketName,
      bucketUrl: this.bucketUrl,
      keyId: this.keyId,
      serviceAccountId: this.serviceAccountId,
      objectKeyPrefix: this.objectKeyPrefix,
    });
  }
}

/** @throws {pulumi.InputPropertiesError} that lists the arguments which contradict others. */
function requireConsistent({ encrypted = true, keyId, bucketFolderId }: OrganizationAuditTrailArgs): void {
  const faults: { propertyPath: string; reason: string }[] = [];
  if (!encrypted && keyId !== undefined)
    faults.push({ propertyPath: "keyId", reason: "must not be given while encrypted is false" });
  if (encrypted && keyId === undefined && bucketFolderId !== undefined)
    faults.push({
      propertyPath: "bucketFolderId",
      reason: "an existing bucket needs its key in keyId, or encrypted: false if it has none",
    });
  if (faults.length > 0)
    throw new pulumi.InputPropertiesError({
      message: `These arguments contradict others: ${faults.map(({ propertyPath, reason }) => `${propertyPath} (${reason})`).join("; ")}.`,
      errors: faults,
    });
}
