import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Bucket } from "./bucket";
import type { BucketAccess, Requester } from "./bucketAccess";
import type { Acl } from "./bucketAcl";
import type { Buckets } from "./buckets";
import type { ObjectDeletions } from "./objectDeletions";
import { requireLegalChange } from "./objectLock";
import type { Objects } from "./objects";
import type { ObjectVersion, ObjectVersions, Retention } from "./objectVersions";

/** An object, or one of its versions. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
  /** Id of the version. @default the newest version */
  readonly versionId?: string;
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly clock: Clock;
  readonly buckets: Buckets;
  readonly bucketAccess: BucketAccess;
  readonly objects: Objects;
  readonly objectDeletions: ObjectDeletions;
}

/** Settings of an object, without its contents: locks, tags, access. */
export class ObjectSettings {
  constructor(
    private readonly cloud: Needs,
    private readonly versions: ObjectVersions,
  ) {}

  /** Extends the lock of a version, or shortens it with a bypass of GOVERNANCE. */
  setRetention(by: Requester, name: ObjectName, retention?: Retention): void {
    const { bucket, version } = this.lockable(by, "s3:PutObjectRetention", name);
    const mayBypass = this.cloud.objectDeletions.mayBypass(by, bucket);
    requireLegalChange(version, retention, this.cloud.clock.now(), mayBypass);
    this.versions.put({ ...version, retention });
  }

  setLegalHold(by: Requester, name: ObjectName, legalHold: boolean): void {
    const { version } = this.lockable(by, "s3:PutObjectLegalHold", name);
    this.versions.put({ ...version, legalHold });
  }

  setTags(by: Requester, name: ObjectName, tags: Readonly<Record<string, string>>): void {
    this.change(by, "ObjectTagsUpdate", "s3:PutObjectTagging", name, { tags });
  }

  getAcl(by: Requester, { bucket, key, versionId }: ObjectName): Acl {
    const { acl } = this.cloud.objects.head(by, bucket, key, versionId);
    return acl ?? { grants: [] };
  }

  setAcl(by: Requester, name: ObjectName, acl: Acl): void {
    this.change(by, "ObjectAclUpdate", "s3:PutObjectAcl", name, { acl });
  }

  private change(
    by: Requester,
    event: string,
    action: string,
    name: ObjectName,
    fields: Partial<ObjectVersion>,
  ): void {
    this.cloud.objects.observe(by, event, name.bucket, name.key, () => {
      const { version } = this.allowed(by, action, name);
      this.versions.put({ ...version, ...fields });
    });
  }

  private lockable(by: Requester, action: string, name: ObjectName) {
    const found = this.allowed(by, action, name);
    if (found.bucket.objectLock?.status !== "OBJECT_LOCK_STATUS_ENABLED")
      throw new CloudError("INVALID_ARGUMENT", "The bucket has no object lock");
    return found;
  }

  private allowed(
    by: Requester,
    action: string,
    { bucket: bucketName, key, versionId }: ObjectName,
  ): { bucket: Bucket; version: ObjectVersion } {
    const bucket = this.cloud.buckets.require(bucketName);
    this.cloud.bucketAccess.require(by, action, bucket, key);
    return { bucket, version: this.versions.require(bucketName, key, versionId) };
  }
}
