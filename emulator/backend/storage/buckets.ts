import type { Call } from "../calls";
import { CloudError } from "../errors";
import { requireValid } from "../limits";
import type { Operation } from "../operations";
import type { QuotaUse } from "../quotaUse";
import { ResourceChanges, type ResourceKind } from "../resourceChanges";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Switches } from "../switches";
import type { Table } from "../table";
import { type Bucket, type BucketSettings, complete, messageOf, settingsOf } from "./bucket";
import type { Grant } from "./bucketAcl";
import { permissionsToChange, permissionsToCreate, update } from "./bucketPermissions";
import { requireServedPolicy } from "./bucketPolicy";

/** Longest policy in bytes: https://yandex.cloud/en/docs/storage/concepts/limits */
const longestPolicy = 20 * 1024;

const type = "storage.bucket";

/** Returns the details of records: https://yandex.cloud/en/docs/audit-trails/audit/storage/events-ref/BucketCreate */
const detailsOf = ({ name, tags, resourceId, acl }: Bucket): object => ({
  bucketId: name,
  tags,
  resourceId,
  acl: acl && acl.grants.length > 0 ? { grants: acl.grants.map(recordedGrant) } : undefined,
});

const recordedGrant = ({ permission, grantType, granteeId }: Grant): object => ({
  subjectId: granteeId || undefined,
  permission: permission.replace("PERMISSION_", ""),
  grantType: grantType.replace("GRANT_TYPE_", ""),
});

/** Returns the details of an update. Sizes and flags are texts: https://yandex.cloud/en/docs/audit-trails/audit/storage/events-ref/BucketUpdate */
const updateDetailsOf = (bucket: Bucket): object => ({
  ...detailsOf(bucket),
  maxSize: String(bucket.maxSize),
  objectsAccess: String(bucket.anonymousAccessFlags?.read ?? false),
  listAccess: String(bucket.anonymousAccessFlags?.list ?? false),
  settingsReadAccess: String(bucket.anonymousAccessFlags?.configRead ?? false),
  storageClass: bucket.defaultStorageClass,
});

const kind: ResourceKind<Bucket> = {
  prefix: "e3e",
  noun: "bucket",
  event: (verb) => `storage.Bucket${verb}`,
  permissions: "storage.buckets",
  message: "yandex.cloud.storage.v1.Bucket",
  metadata: (verb) => `yandex.cloud.storage.v1.${verb}BucketMetadata`,
  idField: "name",
  idOf: ({ name }) => name,
  messageOf,
  detailsOf,
  recordsResponse: false,
};

/** Services of the cloud that this one uses. */
interface Needs extends ResourceNeeds {
  readonly switches: Switches;
  readonly objects: { isEmpty(bucketName: string): boolean };
  readonly objectDeletions: { removeAll(bucketName: string): void };
  readonly uploads: { in(bucketName: string): readonly unknown[]; removeAll(bucketName: string): void };
  readonly quotaUse: QuotaUse;
}

/** Object Storage's buckets, for gRPC and S3. */
export class Buckets {
  private readonly buckets: Table<Bucket>;
  private readonly changes: ResourceChanges<Bucket>;

  constructor(private readonly cloud: Needs) {
    this.buckets = cloud.store.table("buckets");
    this.changes = new ResourceChanges(cloud, kind);
  }

  all(): Bucket[] {
    return this.buckets.values();
  }

  find(name: string): Bucket | undefined {
    return this.buckets.get(name);
  }

  /** Returns a bucket. @throws {CloudError} NOT_FOUND if there is no such bucket. */
  require(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new CloudError("NOT_FOUND", `Bucket ${name} not found`);
    return bucket;
  }

  get(call: Call, name: string): Bucket {
    const bucket = this.require(name);
    this.cloud.access.require(call.subject, "storage.buckets.get", name);
    return bucket;
  }

  /** Replaces a stored bucket. */
  put(bucket: Bucket): void {
    this.buckets.put(bucket.name, bucket);
  }

  /** Checks whether a bucket has no version, no delete marker and no unfinished upload. */
  isEmpty(name: string): boolean {
    return this.cloud.objects.isEmpty(name) && this.cloud.uploads.in(name).length === 0;
  }

  create(
    call: Call,
    request: BucketSettings & { readonly name: string; readonly folderId: string },
  ): Operation {
    const { name, folderId: parentId, ...settings } = request;
    const change = {
      folderId: parentId,
      permission: ["storage.buckets.create", ...permissionsToCreate(settings)] as const,
      parameters: request,
    };
    return this.changes.create(call, change, (folderId) => {
      requireValid("name", "bucketName", name);
      if (this.buckets.get(name)) throw new CloudError("ALREADY_EXISTS", `Bucket ${name} already exists`);
      this.cloud.quotaUse.require("buckets", folderId, type);
      const bucket: Bucket = {
        name,
        folderId,
        createdAt: this.cloud.clock.now().toISOString(),
        resourceId: this.cloud.ids.make("e3e", name),
        defaultStorageClass: "STANDARD",
        maxSize: 0,
        versioning: "VERSIONING_DISABLED",
        tags: [],
      };
      const settled = { ...bucket, ...this.checked(bucket, settings) };
      this.buckets.put(name, settled);
      this.cloud.tree.put({ type, id: name, name, parentId: folderId });
      return { row: settled, details: { owner: call.subject.id } };
    });
  }

  /** Updates a bucket for gRPC: the fields named by the mask. */
  update(call: Call, name: string, settings: BucketSettings): Operation {
    const bucket = this.require(name);
    const change = { permission: permissionsToChange(settings), parameters: { name, ...settings } };
    return this.changes.update(call, bucket, change, () => {
      const updated = { ...bucket, ...this.checked(bucket, settings) };
      this.buckets.put(name, updated);
      return { row: updated, details: updateDetailsOf(updated) };
    });
  }

  /** Updates one sub-resource for S3. */
  configure(call: Call, name: string, event: string, permission: string, fields: Partial<Bucket>): void {
    const parameters = { name, ...settingsOf(fields) };
    this.cloud.changes.make(call, { ...this.changeOf(name, event, parameters), permission }, () => {
      const bucket = this.require(name);
      const configured = { ...bucket, ...this.checked(bucket, fields) };
      this.buckets.put(name, configured);
      const { kmsMasterKeyId: keyId } = configured;
      const encryption = "kmsMasterKeyId" in fields && { encryption: { keyId } };
      return { details: { ...detailsOf(configured), ...encryption }, result: undefined };
    });
  }

  /** Deletes a bucket. @throws {CloudError} FAILED_PRECONDITION for a bucket with objects. */
  delete(call: Call, name: string): Operation {
    return this.changes.delete(call, this.require(name), () => {
      if (!this.isEmpty(name)) throw new CloudError("FAILED_PRECONDITION", "The bucket is not empty");
      this.remove(name);
    });
  }

  /** Removes a bucket with all its contents. */
  remove(name: string): void {
    this.cloud.objectDeletions.removeAll(name);
    this.cloud.uploads.removeAll(name);
    this.buckets.delete(name);
    this.cloud.access.forget(name);
  }

  /**
   * Checks settings, and returns them in their stored form.
   *
   * @throws {CloudError} INVALID_ARGUMENT for an invalid setting, FAILED_PRECONDITION for a lock without versioning.
   */
  private checked(bucket: Bucket, given: BucketSettings & Partial<Bucket>): Partial<Bucket> {
    const { encryption, ...rest } = given;
    const settings =
      "encryption" in given ? { ...rest, kmsMasterKeyId: encryption?.rules?.[0]?.kmsMasterKeyId } : rest;
    const rules = encryption?.rules ?? [];
    if (rules.length > 1 || rules.some(({ sseAlgorithm }) => sseAlgorithm && sseAlgorithm !== "aws:kms"))
      throw new CloudError(
        "INVALID_ARGUMENT",
        "Encryption needs exactly one rule, with the algorithm aws:kms",
      );
    if (settings.kmsMasterKeyId) this.cloud.tree.require("kms.symmetricKey", settings.kmsMasterKeyId);
    const { versioning, policy, anonymousAccessFlags, defaultStorageClass, objectLock } = {
      ...bucket,
      ...settings,
    };
    const isUnset = versioning === undefined || versioning === ("VERSIONING_UNSPECIFIED" as string);
    const next = isUnset ? bucket.versioning : versioning;
    const wasNeverOn = bucket.versioning === "VERSIONING_DISABLED";
    const staysOff = wasNeverOn && this.cloud.switches.versioningOff === "disabled";
    // Enabled versioning can only be suspended: https://yandex.cloud/en/docs/storage/concepts/versioning
    const off =
      wasNeverOn && (staysOff || next === "VERSIONING_DISABLED") ? bucket.versioning : "VERSIONING_SUSPENDED";
    if (objectLock?.status === "OBJECT_LOCK_STATUS_ENABLED" && next !== "VERSIONING_ENABLED")
      throw new CloudError("FAILED_PRECONDITION", "Object lock needs versioning");
    if (settings.policy) requireServedPolicy(settings.policy);
    if (policy && JSON.stringify(policy).length > longestPolicy)
      throw new CloudError("INVALID_ARGUMENT", `A policy must have at most ${longestPolicy} bytes`);
    return {
      ...settings,
      versioning: next === "VERSIONING_ENABLED" ? next : off,
      defaultStorageClass: defaultStorageClass || "STANDARD",
      anonymousAccessFlags: complete(
        anonymousAccessFlags && { ...bucket.anonymousAccessFlags, ...anonymousAccessFlags },
      ),
    };
  }

  /** Returns the description of a change, for permissions and records. */
  changeOf(name: string, event: string, parameters: object) {
    const details = detailsOf(this.require(name));
    return { event, permission: update, on: name, parameters, details };
  }
}
