import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { explainFailures } from "./failures";

/** Arguments of {@link LogBucket}. */
export interface LogBucketArgs {
  /** Folder that holds the bucket. */
  readonly folderId: pulumi.Input<string>;
  /** Name of the bucket, 3 to 63 characters, unique in the whole service. */
  readonly bucketName: pulumi.Input<string>;
  /**
   * KMS key that encrypts every new object of the bucket.
   * @default none: objects are stored unencrypted
   */
  readonly keyId?: pulumi.Input<string>;
  /**
   * Tags of the bucket. Buckets have tags where other resources have labels.
   * @default none
   */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Encrypts with the key: the one algorithm that the service knows is called `aws:kms`. */
const encryptionWith = (kmsMasterKeyId: pulumi.Input<string>) => ({
  rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm: "aws:kms" } },
});

/**
 * The Object Storage bucket that receives the audit logs, encrypted if a key is given. It stays in the cloud when it leaves
 * the stack, unless the option `retainOnDelete` is false, and is never emptied.
 */
export class LogBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known once it is created and its encryption is on. */
  readonly bucketName: pulumi.Output<string>;
  /** Address of the bucket, `https://<bucket>.<storage host>`. */
  readonly bucketUrl: pulumi.Output<string>;

  constructor(name: string, args: LogBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:LogBucket", name, {}, opts);

    const bucket = new yandex.StorageBucket(
      name,
      {
        folderId: args.folderId,
        bucket: args.bucketName,
        forceDestroy: false,
        serverSideEncryptionConfiguration: args.keyId ? encryptionWith(args.keyId) : undefined,
        tags: args.tags,
      },
      {
        parent: this,
        retainOnDelete: opts?.retainOnDelete ?? true,
        hooks: explainFailures("LogBucket", name),
      },
    );

    this.bucketName = bucket.bucket;
    this.bucketUrl = pulumi.interpolate`https://${bucket.bucketDomainName}`;
    this.registerOutputs({ bucketName: this.bucketName, bucketUrl: this.bucketUrl });
  }
}
