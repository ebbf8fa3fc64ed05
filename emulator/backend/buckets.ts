import type { Acl } from "./bucketAcl";
import { type HttpsConfig, type HttpsRequest, httpsConfigOf } from "./bucketHttps";
import { bucketStatistics } from "./bucketStatistics";
import type { Call } from "./calls";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import type { LifecycleRule } from "./lifecycle";
import { requireValid } from "./limits";
import type { ObjectLock } from "./objectLock";
import type { Operation } from "./operations";
import type { Table } from "./store";

export interface Bucket {
  readonly name: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly resourceId: string;
  readonly defaultStorageClass: string;
  /** Bytes; 0 for no limit. */
  readonly maxSize: number;
  readonly anonymousAccessFlags?: {
    readonly read: boolean;
    readonly list: boolean;
    readonly configRead: boolean;
  };
  /** The key that encrypts new objects. */
  readonly kmsMasterKeyId?: string;
  readonly versioning: "VERSIONING_DISABLED" | "VERSIONING_ENABLED" | "VERSIONING_SUSPENDED";
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** JSON: https://yandex.cloud/en/docs/storage/s3/api-ref/policy/scheme. */
  readonly policy?: object;
  readonly lifecycleRules?: readonly LifecycleRule[];
  readonly objectLock?: ObjectLock;
  readonly allowedPrivateEndpoints?: object;
  /** Whether requests signed with static keys are refused. */
  readonly disabledStatickeyAuth?: boolean;
  readonly acl?: Acl;
  readonly cors?: readonly CorsRule[];
  readonly websiteSettings?: WebsiteSettings;
  readonly https?: HttpsConfig;
  /** Configuration that S3 alone knows, as it was put, by the name of its sub-resource. */
  readonly documents: Readonly<Record<string, string | undefined>>;
}

export interface CorsRule {
  readonly id?: string;
  /** Such as `METHOD_GET`. */
  readonly allowedMethods?: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

export interface WebsiteSettings {
  readonly index?: string;
  readonly error?: string;
  /** Protocols are such as `PROTOCOL_HTTPS`. */
  readonly redirectAllRequests?: { readonly hostname?: string; readonly protocol?: string };
  readonly routingRules?: readonly {
    readonly condition?: {
      readonly keyPrefixEquals?: string;
      readonly httpErrorCodeReturnedEquals?: string;
    };
    readonly redirect?: {
      readonly hostname?: string;
      readonly httpRedirectCode?: string;
      readonly protocol?: string;
      readonly replaceKeyPrefixWith?: string;
      readonly replaceKeyWith?: string;
    };
  }[];
}

/** What can be set of a bucket, in the vendor's message for it. */
export type BucketSettings = Partial<
  Omit<Bucket, "name" | "folderId" | "createdAt" | "resourceId" | "documents" | "https" | "kmsMasterKeyId">
> & {
  readonly encryption?: { readonly rules?: readonly { readonly kmsMasterKeyId?: string }[] };
};

/** Longest policy, bytes: https://yandex.cloud/en/docs/storage/concepts/limits */
const longestPolicy = 20 * 1024;

const type = "storage.bucket";

/** Object Storage's buckets, the same ones for gRPC and S3. */
export class Buckets {
  private readonly buckets: Table<Bucket>;

  constructor(private readonly cloud: Cloud) {
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
      permission: "storage.buckets.create",
      on: folder.id,
      parameters: request,
    };
    return this.cloud.changes.make(call, change, () => {
      requireValid("name", "bucketName", name);
      if (this.buckets.get(name)) throw new CloudError("ALREADY_EXISTS", `Bucket ${name} already exists`);
      this.cloud.requireQuota("buckets", folder.id, type);
      const bucket: Bucket = {
        name,
        folderId: folder.id,
        createdAt: this.cloud.clock.now().toISOString(),
        resourceId: this.cloud.ids.make("e3e", name),
        defaultStorageClass: "STANDARD",
        maxSize: 0,
        versioning: "VERSIONING_DISABLED",
        tags: [],
        documents: {},
      };
      const settled = { ...bucket, ...this.checked(bucket, settings) };
      this.buckets.put(name, settled);
      this.cloud.tree.put({ type, id: name, name, parentId: folder.id });
      return {
        resource: name,
        details: { bucket_id: name },
        result: this.operation(call, "Create", settled),
      };
    });
  }

  /** gRPC's update: the fields named by the mask. */
  update(call: Call, name: string, settings: BucketSettings): Operation {
    return this.cloud.changes.make(call, this.changeOf(name, "storage.BucketUpdate", settings), () => {
      const bucket = this.require(name);
      const updated = { ...bucket, ...this.checked(bucket, settings) };
      this.buckets.put(name, updated);
      return { details: { bucket_id: name }, result: this.operation(call, "Update", updated) };
    });
  }

  getStatistics(call: Call, name: string): object {
    return bucketStatistics(this.cloud, this.get(call, name));
  }

  /** @throws {CloudError} NOT_FOUND if the bucket has no certificate. */
  getHttpsConfig(call: Call, name: string): object {
    const { https } = this.get(call, name);
    if (!https) throw new CloudError("NOT_FOUND", `Bucket ${name} has no HTTPS configuration`);
    return { name, ...https };
  }

  setHttpsConfig(call: Call, name: string, request: HttpsRequest): Operation {
    return this.changeHttps(call, name, "Set", () => httpsConfigOf(request));
  }

  deleteHttpsConfig(call: Call, name: string): Operation {
    return this.changeHttps(call, name, "Delete", () => undefined);
  }

  private changeHttps(
    call: Call,
    name: string,
    verb: "Set" | "Delete",
    work: () => HttpsConfig | undefined,
  ): Operation {
    return this.cloud.changes.make(call, this.changeOf(name, "storage.BucketHttpsUpdate", {}), () => {
      const https = work();
      this.buckets.put(name, { ...this.require(name), https });
      const result = this.cloud.operations.finished(
        call,
        "e3e",
        `${verb} HTTPS configuration`,
        { type: `yandex.cloud.storage.v1.${verb}BucketHTTPSConfigMetadata`, value: { name } },
        https
          ? { type: "yandex.cloud.storage.v1.HTTPSConfig", value: { name, ...https } }
          : { type: "google.protobuf.Empty", value: {} },
      );
      return { details: { bucket_id: name }, result };
    });
  }

  /** S3's update of one sub-resource. */
  configure(call: Call, name: string, event: string, permission: string, fields: Partial<Bucket>): void {
    this.cloud.changes.make(call, { ...this.changeOf(name, event, fields), permission }, () => {
      const bucket = this.require(name);
      this.buckets.put(name, { ...bucket, ...this.checked(bucket, fields) });
      return { details: { bucket_id: name }, result: undefined };
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
    };
    return this.cloud.changes.make(call, change, () => {
      if (!this.isEmpty(name)) throw new CloudError("FAILED_PRECONDITION", "The bucket is not empty");
      this.remove(name);
      return { details: { bucket_id: name }, result: this.operation(call, "Delete", bucket) };
    });
  }

  /** Takes a bucket away, with whatever is in it. */
  remove(name: string): void {
    this.cloud.objects.removeAll(name);
    this.cloud.uploads.removeAll(name);
    this.buckets.delete(name);
    this.cloud.access.forget(name);
    this.cloud.tree.delete(name);
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
    if (settings.kmsMasterKeyId) this.cloud.tree.require("kms.symmetricKey", settings.kmsMasterKeyId);
    const { versioning, policy, anonymousAccessFlags, defaultStorageClass, objectLock } = {
      ...bucket,
      ...settings,
    };
    const isUnset = versioning === undefined || versioning === ("VERSIONING_UNSPECIFIED" as string);
    const next = isUnset ? bucket.versioning : versioning;
    // Once enabled it can only be suspended: https://yandex.cloud/en/docs/storage/concepts/versioning
    const isUndone = next === "VERSIONING_DISABLED" && bucket.versioning !== "VERSIONING_DISABLED";
    if (objectLock?.status === "OBJECT_LOCK_STATUS_ENABLED" && next !== "VERSIONING_ENABLED")
      throw new CloudError("FAILED_PRECONDITION", "Object lock needs versioning");
    if (policy && JSON.stringify(policy).length > longestPolicy)
      throw new CloudError("INVALID_ARGUMENT", `A policy must have at most ${longestPolicy} bytes`);
    return {
      ...settings,
      versioning: isUndone ? "VERSIONING_SUSPENDED" : next,
      defaultStorageClass: defaultStorageClass || "STANDARD",
      anonymousAccessFlags: complete(
        anonymousAccessFlags && { ...bucket.anonymousAccessFlags, ...anonymousAccessFlags },
      ),
    };
  }

  private changeOf(name: string, event: string, parameters: object) {
    this.require(name);
    return { event, permission: "storage.buckets.update", on: name, parameters: { name, ...parameters } };
  }

  private operation(call: Call, verb: string, bucket: Bucket): Operation {
    return this.cloud.operations.finished(
      call,
      "e3e",
      `${verb} bucket`,
      { type: `yandex.cloud.storage.v1.${verb}BucketMetadata`, value: { name: bucket.name } },
      verb === "Delete"
        ? { type: "google.protobuf.Empty", value: {} }
        : { type: "yandex.cloud.storage.v1.Bucket", value: messageOf(bucket) },
    );
  }
}

/** A bucket as the vendor's message. */
export function messageOf({ kmsMasterKeyId, documents: _, https: __, ...bucket }: Bucket): object {
  const rules = kmsMasterKeyId ? [{ kmsMasterKeyId, sseAlgorithm: "aws:kms" }] : [];
  return { ...bucket, id: bucket.name, encryption: rules.length > 0 ? { rules } : undefined };
}

/** The official provider crashes on flags that are there in part. */
function complete(
  flags: Partial<NonNullable<Bucket["anonymousAccessFlags"]>> | undefined,
): Bucket["anonymousAccessFlags"] {
  const { read = false, list = false, configRead = false } = flags ?? {};
  return flags && { read, list, configRead };
}
