import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Ids } from "../ids";
import type { Bucket } from "./bucket";
import type { BucketAccess, Requester } from "./bucketAccess";
import type { Buckets } from "./buckets";
import { isLocked } from "./objectLock";
import { newVersionId, type Objects } from "./objects";
import type { ObjectVersion, ObjectVersions } from "./objectVersions";

/** Result of a deletion. */
export interface Deleted {
  /** The deleted version, or the new delete marker. */
  readonly versionId?: string;
  readonly isDeleteMarker: boolean;
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly buckets: Buckets;
  readonly bucketAccess: BucketAccess;
  readonly objects: Objects;
}

/** Deletions of objects: by requests, by lifecycle rules, and with their bucket. */
export class ObjectDeletions {
  constructor(
    private readonly cloud: Needs,
    private readonly versions: ObjectVersions,
  ) {}

  /**
   * Deletes a version or, without a version, the object. In a versioned bucket the latter puts a delete marker.
   *
   * @throws {CloudError} PERMISSION_DENIED also for a locked version.
   */
  delete(by: Requester, bucketName: string, key: string, versionId?: string): Deleted {
    return this.cloud.objects.observe(by, "ObjectDelete", bucketName, key, () =>
      this.deleteVersion(by, bucketName, key, versionId),
    );
  }

  private deleteVersion(by: Requester, bucketName: string, key: string, versionId?: string): Deleted {
    const bucket = this.cloud.buckets.require(bucketName);
    const action = versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
    this.cloud.bucketAccess.require(by, action, bucket, key);
    if (versionId !== undefined) {
      const version = this.versions.of(bucketName, key).find((one) => one.versionId === versionId);
      if (!version) return { versionId, isDeleteMarker: false };
      this.requireUnlocked(by, bucket, version);
      this.versions.delete(version);
      return { versionId, isDeleteMarker: version.isDeleteMarker };
    }
    if (bucket.versioning === "VERSIONING_DISABLED") {
      this.versions.delete({ bucket: bucketName, key, versionId: "null" });
      return { isDeleteMarker: false };
    }
    return { versionId: this.putDeleteMarker(bucket, key), isDeleteMarker: true };
  }

  /** Expires a current object: in a versioned bucket a delete marker hides it. */
  expire(bucket: Bucket, version: ObjectVersion): void {
    if (bucket.versioning === "VERSIONING_DISABLED") this.remove(version);
    else this.putDeleteMarker(bucket, version.key);
  }

  /** Permanently deletes a version, unless it is locked. */
  remove(version: ObjectVersion): void {
    if (!isLocked(version, this.cloud.clock.now(), false)) this.versions.delete(version);
  }

  /** Deletes all versions in a bucket, also locked ones. */
  removeAll(bucket: string): void {
    for (const key of this.versions.keys(bucket))
      for (const version of this.versions.of(bucket, key)) this.versions.delete(version);
  }

  /** Checks whether a request may bypass GOVERNANCE locks. */
  mayBypass(by: Requester, bucket: Bucket): boolean {
    return (
      by.bypassGovernance === true &&
      this.cloud.bucketAccess.isAllowed(by, "s3:BypassGovernanceRetention", bucket)
    );
  }

  private requireUnlocked(by: Requester, bucket: Bucket, version: ObjectVersion): void {
    if (isLocked(version, this.cloud.clock.now(), this.mayBypass(by, bucket)))
      throw new CloudError("PERMISSION_DENIED", "The object is locked");
  }

  private putDeleteMarker(bucket: Bucket, key: string): string {
    const sequence = this.versions.nextSequence();
    const versionId = newVersionId(this.cloud.ids, bucket, sequence);
    this.versions.put({
      bucket: bucket.name,
      key,
      versionId,
      sequence,
      isDeleteMarker: true,
      size: 0,
      etag: "",
      lastModified: this.cloud.clock.now().toISOString(),
      contentType: "",
      storageClass: bucket.defaultStorageClass,
      metadata: {},
      tags: {},
      bytes: "",
    });
    return versionId;
  }
}
