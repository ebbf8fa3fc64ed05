import type { Call } from "./calls";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import { requireValid } from "./limits";
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
  /** Other configuration documents as they were put, by the name of their sub-resource: `lifecycle`, `policy`, ... */
  readonly documents: Readonly<Record<string, string>>;
}

type Settings = Pick<Bucket, "defaultStorageClass" | "maxSize" | "anonymousAccessFlags">;

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

  create(
    call: Call,
    request: Partial<Settings> & { readonly name: string; readonly folderId: string },
  ): Operation {
    const folder = this.cloud.tree.require("resource-manager.folder", request.folderId);
    const change = {
      event: "storage.BucketCreate",
      permission: "storage.buckets.create",
      on: folder.id,
      parameters: request,
    };
    return this.cloud.changes.make(call, change, () => {
      const { name } = request;
      requireValid("name", "bucketName", name);
      if (this.buckets.get(name)) throw new CloudError("ALREADY_EXISTS", `Bucket ${name} already exists`);
      this.cloud.requireQuota("buckets", folder.id, type);
      const bucket: Bucket = {
        name,
        folderId: folder.id,
        createdAt: this.cloud.clock.now().toISOString(),
        resourceId: this.cloud.ids.make("e3e", name),
        defaultStorageClass: request.defaultStorageClass || "STANDARD",
        maxSize: request.maxSize ?? 0,
        anonymousAccessFlags: complete(request.anonymousAccessFlags),
        versioning: "VERSIONING_DISABLED",
        tags: [],
        documents: {},
      };
      this.buckets.put(name, bucket);
      this.cloud.tree.put({ type, id: name, name, parentId: folder.id });
      return { resource: name, details: { bucket_id: name }, result: this.operation(call, "Create", bucket) };
    });
  }

  /** gRPC's update: the fields named by the mask. */
  update(call: Call, name: string, settings: Partial<Settings>): Operation {
    return this.cloud.changes.make(call, this.changeOf(name, "storage.BucketUpdate", settings), () => {
      const flags = settings.anonymousAccessFlags && {
        anonymousAccessFlags: complete({
          ...this.require(name).anonymousAccessFlags,
          ...settings.anonymousAccessFlags,
        }),
      };
      const updated = { ...this.require(name), ...settings, ...flags };
      this.buckets.put(name, updated);
      return { details: { bucket_id: name }, result: this.operation(call, "Update", updated) };
    });
  }

  /** S3's update of one sub-resource. */
  configure(call: Call, name: string, event: string, permission: string, fields: Partial<Bucket>): void {
    this.cloud.changes.make(call, { ...this.changeOf(name, event, fields), permission }, () => {
      const { kmsMasterKeyId } = fields;
      if (kmsMasterKeyId) this.cloud.tree.require("kms.symmetricKey", kmsMasterKeyId);
      this.buckets.put(name, { ...this.require(name), ...fields });
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
      if (!this.cloud.objects.isEmpty(name))
        throw new CloudError("FAILED_PRECONDITION", "The bucket is not empty");
      this.buckets.delete(name);
      this.cloud.access.forget(name);
      this.cloud.tree.delete(name);
      return { details: { bucket_id: name }, result: this.operation(call, "Delete", bucket) };
    });
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

/** A bucket as the fields of the vendor's message. */
export function messageOf({ kmsMasterKeyId, documents: _, ...bucket }: Bucket): object {
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
