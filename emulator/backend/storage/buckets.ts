import type { Call } from "../calls";
import { CloudError } from "../errors";
import { requireValid } from "../limits";
import { emptyResponse, type Operation } from "../operations";
import type { QuotaUse } from "../quotaUse";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Table } from "../store";
import type { Switches } from "../switches";
import { type Bucket, type BucketSettings, complete, messageOf, settingsOf } from "./bucket";
import type { Grant } from "./bucketAcl";
import { permissionsToChange, permissionsToCreate, update } from "./bucketPermissions";
import { requireServedPolicy } from "./bucketPolicy";
import type { Objects } from "./objects";
import type { Uploads } from "./uploads";

/** Longest policy, bytes: https://yandex.cloud/en/docs/storage/concepts/limits */
const longestPolicy = 20 * 1024;

const type = "storage.bucket";

/** What records tell of every bucket: https://yandex.cloud/en/docs/audit-trails/audit/storage/events-ref/BucketCreate */
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

/** Sizes and flags are texts: https://yandex.cloud/en/docs/audit-trails/audit/storage/events-ref/BucketUpdate */
const updateDetailsOf = (bucket: Bucket): object => ({
  ...detailsOf(bucket),
  maxSize: String(bucket.maxSize),
  objectsAccess: String(bucket.anonymousAccessFlags?.read ?? false),
  listAccess: String(bucket.anonymousAccessFlags?.list ?? false),
  settingsReadAccess: String(bucket.anonymousAccessFlags?.configRead ?? false),
  storageClass: bucket.defaultStorageClass,
});

/** What is needed of the cloud. */
interface Needs extends ResourceNeeds {
  readonly switches: Switches;
  readonly objects: Objects;
  readonly uploads: Uploads;
  readonly quotaUse: QuotaUse;
}

/** Object Storage's buckets, the same ones for gRPC and S3. */
export class Buckets {
  private readonly buckets: Table<Bucket>;

  constructor(private readonly cloud: Needs) {
    this.buckets = cloud.store.table("buckets");
  }

  all(): Bucket[] {
    return this.buckets.values();
  }

  find(name: string): Bucket | undefined {
    return this.buckets.get(name);
  }

  /** @throws {CloudError} NOT_FOUND if there is no such bucket. */
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

  /** Replaces what is kept of a bucket. */
  put(bucket: Bucket): void {
    this.buckets.put(bucket.name, bucket);
  }

  /** Whether nothing is left: no version, no delete marker, no unfinished upload. */
  isEmpty(name: string): boolean {
    return this.cloud.objects.isEmpty(name) && this.cloud.uploads.in(name).length === 0;
  }

  create(
    call: Call,
    request: BucketSettings & { readonly name: string; readonly folderId: string },
  ): Operation {
    const { name, folderId, ...settings } = request;
    const folder = this.cloud.tree.require("resource-manager.folder", folderId);
    const change = {
      event: "storage.BucketCreate",
      permission: ["storage.buckets.create", ...permissionsToCreate(settings)],
      on: folder.id,
      parameters: request,
    };
    return this.cloud.changes.make(call, change, () => {
      requireValid("name", "bucketName", name);
      if (this.buckets.get(name)) throw new CloudError("ALREADY_EXISTS", `Bucket ${name} already exists`);
      this.cloud.quotaUse.require("buckets", folder.id, type);
      const bucket: Bucket = {
        name,
        folderId: folder.id,
        createdAt: this.cloud.clock.now().toISOString(),
        resourceId: this.cloud.ids.make("e3e", name),
        defaultStorageClass: "STANDARD",
        maxSize: 0,
        versioning: "VERSIONING_DISABLED",
        tags: [],
      };
      const settled = { ...bucket, ...this.checked(bucket, settings) };
      this.buckets.put(name, settled);
      this.cloud.tree.put({ type, id: name, name, parentId: folder.id });
      return {
        resource: name,
        details: { ...detailsOf(settled), owner: call.subject.id },
        result: this.operation(call, "Create", settled),
      };
    });
  }

  /** gRPC's update: the fields named by the mask. */
  update(call: Call, name: string, settings: BucketSettings): Operation {
    const permission = permissionsToChange(settings);
    const change = { ...this.changeOf(name, "storage.BucketUpdate", { name, ...settings }), permission };
    return this.cloud.changes.make(call, change, () => {
      const bucket = this.require(name);
      const updated = { ...bucket, ...this.checked(bucket, settings) };
      this.buckets.put(name, updated);
      return { details: updateDetailsOf(updated), result: this.operation(call, "Update", updated) };
    });
  }

  /** S3's update of one sub-resource. */
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

  /** @throws {CloudError} FAILED_PRECONDITION for a bucket with objects. */
  delete(call: Call, name: string): Operation {
    const bucket = this.require(name);
    const change = {
      event: "storage.BucketDelete",
      permission: "storage.buckets.delete",
      on: name,
      parameters: { name },
      details: detailsOf(bucket),
    };
    return this.cloud.changes.make(call, change, () => {
      if (!this.isEmpty(name)) throw new CloudError("FAILED_PRECONDITION", "The bucket is not empty");
      this.remove(name);
      return { result: this.operation(call, "Delete", bucket) };
    });
  }

  /** Takes a bucket away, with whatever is in it. */
  remove(name: string): void {
    this.cloud.objects.removeAll(name);
    this.cloud.uploads.removeAll(name);
    this.buckets.delete(name);
    this.cloud.access.forget(name);
  }

  /**
   * Settings as they are kept, if they may be.
   *
   * @throws {CloudError} INVALID_ARGUMENT, FAILED_PRECONDITION for a lock without versioning.
   */
  private checked(bucket: Bucket, given: BucketSettings & Partial<Bucket>): Partial<Bucket> {
    const { encryption, ...rest } = given;
    const settings =
      "encryption" in given ? { ...rest, kmsMasterKeyId: encryption?.rules?.[0]?.kmsMasterKeyId } : rest;
    const rules = encryption?.rules ?? [];
    if (rules.length > 1 || rules.some(({ sseAlgorithm }) => sseAlgorithm && sseAlgorithm !== "aws:kms"))
      throw new CloudError(
        "INVALID_ARGUMENT",
        "A bucket is encrypted by one rule with the algorithm aws:kms",
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
    // Once enabled it can only be suspended: https://yandex.cloud/en/docs/storage/concepts/versioning
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

  /** What is asked for and recorded when a bucket is changed. */
  changeOf(name: string, event: string, parameters: object) {
    const details = detailsOf(this.require(name));
    return { event, permission: update, on: name, parameters, details };
  }

  private operation(call: Call, verb: string, bucket: Bucket): Operation {
    return this.cloud.operations.finished(
      call,
      "e3e",
      `${verb} bucket`,
      { type: `yandex.cloud.storage.v1.${verb}BucketMetadata`, value: { name: bucket.name } },
      verb === "Delete"
        ? emptyResponse
        : { type: "yandex.cloud.storage.v1.Bucket", value: messageOf(bucket) },
    );
  }
}
