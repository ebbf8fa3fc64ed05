import { createHash } from "node:crypto";
import type { DataAccess } from "../auditTrails/dataEvents";
import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Ids } from "../ids";
import type { QuotaUse } from "../quotaUse";
import type { Bucket } from "./bucket";
import type { BucketAccess, Requester } from "./bucketAccess";
import { type Acl, aclAllows } from "./bucketAcl";
import type { Buckets } from "./buckets";
import { type EncryptionNeeds, ObjectEncryption } from "./objectEncryption";
import { retentionFrom } from "./objectLock";
import type { ObjectInfo, ObjectVersion, ObjectVersions, Retention } from "./objectVersions";

export type { ObjectInfo } from "./objectVersions";

/** Options of an upload. */
export interface PutOptions {
  readonly metadata?: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly storageClass?: string;
  readonly retention?: Retention;
  readonly legalHold?: boolean;
  readonly acl?: Acl;
  /** True if the request had the MD5 sum of the contents. */
  readonly hasContentMd5?: boolean;
  /** @default the MD5 sum of the contents */
  readonly etag?: string;
}

/** Services of the cloud that this one uses. */
interface Needs extends EncryptionNeeds {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly buckets: Buckets;
  readonly bucketAccess: BucketAccess;
  readonly quotaUse: QuotaUse;
}

/** Object Storage's objects. In an encrypted bucket each has a data key of its own, wrapped by the KMS key. */
export class Objects {
  private readonly encryption: ObjectEncryption;

  constructor(
    private readonly cloud: Needs,
    private readonly versions: ObjectVersions,
  ) {
    this.encryption = new ObjectEncryption(cloud);
  }

  /** Checks whether a bucket has no version and no delete marker. */
  isEmpty(bucket: string): boolean {
    return this.versions.isEmpty(bucket);
  }

  usedBytes(bucket: string): number {
    return this.versions.bytes(bucket);
  }

  /** Checks whether an account may put an object now, by its roles and the bucket's policy. */
  mayPut(by: Requester, bucket: Bucket, key: string): boolean {
    return this.cloud.bucketAccess.isAllowed(by, "s3:PutObject", bucket, key);
  }

  /** Lists the current objects, in the order of their keys. */
  list(by: Requester, bucketName: string, prefix = ""): ObjectInfo[] {
    this.cloud.bucketAccess.require(by, "s3:ListBucket", this.cloud.buckets.require(bucketName));
    return this.keys(bucketName, prefix).flatMap((key) => {
      const [latest] = this.versions.of(bucketName, key);
      return latest && !latest.isDeleteMarker ? [infoOf(latest)] : [];
    });
  }

  /** Lists all versions and delete markers, in the order of their keys, newest first. */
  listVersions(
    by: Requester,
    bucketName: string,
    prefix = "",
  ): (ObjectInfo & { readonly isLatest: boolean })[] {
    this.cloud.bucketAccess.require(by, "s3:ListBucketVersions", this.cloud.buckets.require(bucketName));
    return this.keys(bucketName, prefix).flatMap((key) =>
      this.versions.of(bucketName, key).map((version, i) => ({ ...infoOf(version), isLatest: i === 0 })),
    );
  }

  /**
   * @throws {CloudError} NOT_FOUND without the bucket, PERMISSION_DENIED without a role on bucket or key,
   *   FAILED_PRECONDITION if the key cannot be used, RESOURCE_EXHAUSTED if the bucket is full, INVALID_ARGUMENT for an
   *   invalid lock, or without Content-MD5 in a bucket with default retention.
   */
  put(
    by: Requester,
    bucketName: string,
    key: string,
    body: Buffer,
    contentType: string,
    options: PutOptions = {},
  ): ObjectInfo {
    const [latest] = this.versions.of(bucketName, key);
    const event = latest && !latest.isDeleteMarker ? "ObjectUpdate" : "ObjectCreate";
    return this.observe(by, event, bucketName, key, () =>
      this.store(by, bucketName, key, body, contentType, options),
    );
  }

  private store(
    by: Requester,
    bucketName: string,
    key: string,
    body: Buffer,
    contentType: string,
    options: PutOptions,
  ): ObjectInfo {
    const bucket = this.cloud.buckets.require(bucketName);
    this.cloud.bucketAccess.require(by, "s3:PutObject", bucket, key);
    requireLegalKey(key);
    if (this.cloud.quotaUse.storageLeft(bucket.folderId) < body.length)
      throw new CloudError("RESOURCE_EXHAUSTED", "The cloud's storage is used up");
    if (bucket.maxSize > 0 && this.usedBytes(bucketName) + body.length > bucket.maxSize)
      throw new CloudError("RESOURCE_EXHAUSTED", `Bucket ${bucketName} is full`);
    const now = this.cloud.clock.now();
    const byDefault = retentionFrom(bucket.objectLock, now);
    const { metadata = {}, tags = {}, storageClass, legalHold, hasContentMd5, acl } = options;
    if ((options.retention || legalHold) && bucket.objectLock?.status !== "OBJECT_LOCK_STATUS_ENABLED")
      throw new CloudError("INVALID_ARGUMENT", "The bucket has no object lock");
    if (byDefault && !hasContentMd5 && this.cloud.switches.lockedUploads === "need-content-md5")
      throw new CloudError("INVALID_ARGUMENT", "Content-MD5 is needed in a bucket with default retention");

    const sequence = this.versions.nextSequence();
    const retention = options.retention ?? byDefault;
    const version: ObjectVersion = {
      bucket: bucketName,
      key,
      versionId: newVersionId(this.cloud.ids, bucket, sequence),
      sequence,
      isDeleteMarker: false,
      size: body.length,
      etag: options.etag ?? createHash("md5").update(body).digest("hex"),
      lastModified: now.toISOString(),
      contentType,
      storageClass: storageClass ?? bucket.defaultStorageClass,
      metadata,
      tags,
      ...(retention && { retention }),
      ...(legalHold && { legalHold }),
      ...(acl && { acl }),
      ...this.encryption.seal(by, bucket.kmsMasterKeyId, body),
    };
    this.versions.put(version);
    return infoOf(version);
  }

  /** Returns the metadata of an object. @throws {CloudError} NOT_FOUND, also for a delete marker; PERMISSION_DENIED without a role on the bucket. */
  head(by: Requester, bucketName: string, key: string, versionId?: string): ObjectInfo {
    return infoOf(this.find(by, bucketName, key, versionId));
  }

  /** Reads an object. @throws {CloudError} as {@link head}, and PERMISSION_DENIED without a role on the object's key. */
  get(
    by: Requester,
    bucketName: string,
    key: string,
    versionId?: string,
  ): { info: ObjectInfo; body: Buffer } {
    if (!by.isPresigned) return this.read(by, bucketName, key, versionId);
    return this.observe(by, "ObjectGetByPresignURL", bucketName, key, () =>
      this.read(by, bucketName, key, versionId),
    );
  }

  private read(
    by: Requester,
    bucketName: string,
    key: string,
    versionId?: string,
  ): { info: ObjectInfo; body: Buffer } {
    const version = this.find(by, bucketName, key, versionId);
    const info = infoOf(version);
    return { info, body: this.encryption.open(by, version) };
  }

  /** Returns the keys with a prefix, in order. It checks no role, like the methods below: the service itself calls them. */
  keys(bucket: string, prefix: string): readonly string[] {
    const keys = this.versions.keys(bucket);
    return prefix ? keys.filter((key) => key.startsWith(prefix)) : keys;
  }

  /** Returns the versions of an object, newest first. */
  versionsOf(bucket: string, key: string): readonly ObjectVersion[] {
    return this.versions.of(bucket, key);
  }

  move(version: ObjectVersion, storageClass: string): void {
    this.versions.put({ ...version, storageClass });
  }

  private find(by: Requester, bucketName: string, key: string, versionId?: string): ObjectVersion {
    const bucket = this.cloud.buckets.require(bucketName);
    const action = versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
    const versions = this.versions.of(bucketName, key);
    const version = versions.find((one) => one.versionId === versionId) ?? versions[0];
    // Beside roles and the bucket's ACL, the object's own ACL may allow the request.
    if (!aclAllows(version?.acl, by, "s3:GetObject"))
      this.cloud.bucketAccess.require(by, action, bucket, key);
    return this.versions.require(bucketName, key, versionId);
  }

  /** Does the work of an event of Object Storage, and records it. */
  observe<T>(by: Requester, event: string, bucket: string, key: string, work: () => T): T {
    // https://yandex.cloud/en/docs/audit-trails/audit/storage/events-ref/ObjectCreate
    const access: DataAccess<T> = {
      event: `storage.${event}`,
      on: bucket,
      details: { bucketId: bucket, objectId: key },
      after: (result) => {
        const { versionId } = (result ?? {}) as { versionId?: string };
        return { details: { versionId: versionId === "null" ? undefined : versionId } };
      },
    };
    return this.cloud.dataEvents.observe(by, access, work);
  }
}

function infoOf({ bytes: _, dataKey: __, sequence: ___, ...info }: ObjectVersion): ObjectInfo {
  return info;
}

/** Checks a key: fewer than 1024 bytes, and no control characters: https://yandex.cloud/en/docs/storage/concepts/object#key. */
function requireLegalKey(key: string): void {
  if (key.length === 0 || Buffer.byteLength(key) >= 1024 || /\p{Cc}/u.test(key))
    throw new CloudError(
      "INVALID_ARGUMENT",
      "An object's key must be 1 to 1023 bytes without control characters",
    );
}

/** Returns the id of a new version: `null` while versioning is off or suspended. */
export const newVersionId = (ids: Ids, { name, versioning }: Bucket, sequence: number): string =>
  versioning === "VERSIONING_ENABLED" ? ids.fixed("ver", name, String(sequence)) : "null";
