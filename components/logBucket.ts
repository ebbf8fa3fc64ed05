import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { z } from "zod";
import {
  type ObjectLockArgs,
  objectLockConfigurationOf,
  objectLockFaults,
  objectLockSchema,
} from "./bucket/objectLock";
import { accessFaults, accessSchema, type BucketAccessArgs, bucketPolicyOf } from "./bucket/policy";
import {
  lifecycleRulesOf,
  type RetentionArgs,
  retentionFaults,
  retentionOf,
  retentionSchema,
} from "./bucket/retention";
import { childOf, keepChild, shownRemoval, withoutHandedOn } from "./children";
import { explainFailures } from "./engine/failureHooks";
import { mergedHooks } from "./engine/hooks";
import { reportMovedPolicy } from "./engine/movedPolicy";
import { ownedLabels } from "./engine/ownership";
import { argumentKinds, guard, input } from "./guard";
import * as values from "./values";

/** Arguments of {@link LogBucket}. */
export interface LogBucketArgs {
  /** Folder of the bucket. */
  readonly folderId: pulumi.Input<string>;
  /** Name of the bucket, 3 to 63 characters, unique in the whole service. */
  readonly name: pulumi.Input<string>;
  /**
   * Id of the KMS key that encrypts every new object of the bucket.
   * @default none: objects are stored unencrypted
   */
  readonly keyId?: pulumi.Input<string>;
  /**
   * Retention of logs, and their storage classes.
   * @default the preset `standard`
   */
  readonly retention?: RetentionArgs;
  /**
   * Lock that keeps new logs from being deleted. Unverified on the real service, see {@link ObjectLockArgs}.
   * @default none
   */
  readonly objectLock?: ObjectLockArgs;
  /**
   * Maximum size of the bucket, in GiB. A full bucket stops its trails.
   * @default none
   */
  readonly maxSizeGiB?: pulumi.Input<number>;
  /**
   * Name of another bucket, which receives the access logs of this bucket. The other bucket must be unencrypted and without a lock.
   * @default none
   */
  readonly accessLogsBucketName?: pulumi.Input<string>;
  /**
   * Policy of the bucket. It denies access to everybody who is not listed.
   * @default none: only roles decide
   */
  readonly access?: BucketAccessArgs;
  /**
   * Ids of the service accounts of the trails that deliver to the bucket. The policy allows them to upload.
   * @default none
   */
  readonly uploaderIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Tags of the bucket. Buckets have tags instead of labels.
   * @default the project and the stack of the bucket; given tags are added to these
   */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

const schema = values.only({
  folderId: input(values.id("a folder")),
  name: input(values.bucketName),
  keyId: input(values.id("a key")).optional(),
  retention: retentionSchema(argumentKinds).optional(),
  objectLock: objectLockSchema(argumentKinds).optional(),
  maxSizeGiB: input(values.wholeNumber("GiB", 1)).optional(),
  accessLogsBucketName: input(values.bucketName).optional(),
  access: accessSchema(argumentKinds).optional(),
  uploaderIds: input(z.array(input(values.id("a service account")))).optional(),
  tags: input(values.labels(argumentKinds)).optional(),
});

const bytesPerGiB = 2 ** 30;

/** Returns the encryption with a key. The service knows one algorithm, `aws:kms`. */
const encryptionWith = (kmsMasterKeyId: pulumi.Input<string>) => ({
  rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm: "aws:kms" } },
});

/**
 * SDK with the resource for bucket policies, which newer releases of the provider have. In these releases the bucket's
 * own property is deprecated, and removing it from the inputs changes nothing.
 */
const sdk: Pick<typeof yandex, "StorageBucket"> & {
  readonly StorageBucketPolicy?: new (
    name: string,
    args: { readonly bucket: pulumi.Input<string>; readonly policy: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
  ) => pulumi.CustomResource;
} = yandex;

/**
 * Object Storage bucket that receives the audit logs. It is never public, and encrypted if a key is given. It stays in
 * the cloud when it leaves the stack, unless the option `retainOnDelete` is false. The component passes its `hooks` and
 * `ignoreChanges` to the bucket.
 */
export class LogBucket extends pulumi.ComponentResource {
  /** Name of the bucket, known after the bucket is created and encrypted. */
  readonly bucketName: pulumi.Output<string>;
  /** Address of the bucket, `https://<bucket>.<storage host>`. */
  readonly bucketUrl: pulumi.Output<string>;

  /** @throws {ArgumentsError} with all faults of the arguments. */
  constructor(name: string, args: LogBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("yandex-audit-trails:index:LogBucket", name, shownRemoval(opts), withoutHandedOn(opts));
    const given = guard("LogBucket", name, args, schema, (sound) => [
      ...retentionFaults(sound.retention),
      ...objectLockFaults(sound.objectLock, sound.retention),
      ...accessFaults(sound.access),
    ]);
    const { access, uploaderIds = [], retention, objectLock, maxSizeGiB, accessLogsBucketName } = given;
    const rules = lifecycleRulesOf(retention);
    const policy =
      access &&
      pulumi
        .all([given.name, uploaderIds, access])
        .apply(([bucketName, uploaders, known]) => bucketPolicyOf(bucketName, uploaders, known));
    const { StorageBucketPolicy } = sdk;
    const failureHooks = explainFailures(this, "LogBucket", name);

    const bucket = new yandex.StorageBucket(
      name,
      {
        folderId: given.folderId,
        bucket: given.name,
        forceDestroy: false,
        // Always set, so that a refresh shows it if somebody makes the bucket public.
        anonymousAccessFlags: { read: false, list: false, configRead: false },
        serverSideEncryptionConfiguration: given.keyId ? encryptionWith(given.keyId) : undefined,
        // Always set: a missing input would not switch versioning off.
        versioning: { enabled: retentionOf(retention).versioning },
        lifecycleRules: rules.length > 0 ? rules : undefined,
        objectLockConfiguration: objectLock && objectLockConfigurationOf(objectLock),
        maxSize:
          maxSizeGiB === undefined
            ? undefined
            : pulumi.output(maxSizeGiB).apply((size) => size * bytesPerGiB),
        loggings: accessLogsBucketName
          ? [{ targetBucket: accessLogsBucketName, targetPrefix: pulumi.interpolate`${given.name}/` }]
          : undefined,
        policy: StorageBucketPolicy ? undefined : policy,
        tags: ownedLabels(given.tags),
      },
      {
        parent: this,
        retainOnDelete: opts?.retainOnDelete ?? true,
        ignoreChanges: opts?.ignoreChanges,
        hooks: mergedHooks(opts?.hooks, failureHooks),
      },
    );
    if (StorageBucketPolicy) void reportMovedPolicy(this, name, policy !== undefined);
    if (policy && StorageBucketPolicy)
      new StorageBucketPolicy(
        `${name}-policy`,
        { bucket: bucket.bucket, policy },
        {
          parent: this,
          // A policy that leaves the configuration must leave the bucket, even if that is protected and kept.
          protect: false,
          retainOnDelete: false,
          // But if the bucket leaves the stack and is kept, its policy stays: access must not become wider.
          deletedWith: bucket,
          hooks: failureHooks,
        },
      );

    keepChild(this, bucket);
    this.bucketName = bucket.bucket;
    this.bucketUrl = pulumi.interpolate`https://${bucket.bucketDomainName}`;
    this.registerOutputs({ bucketName: this.bucketName, bucketUrl: this.bucketUrl });
  }

  /** Bucket of the component. */
  get bucket(): yandex.StorageBucket {
    return childOf(this);
  }
}
