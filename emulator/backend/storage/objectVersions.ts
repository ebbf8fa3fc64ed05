import { CloudError } from "../errors";
import type { Store } from "../store";
import type { Table } from "../table";
import type { Acl } from "./bucketAcl";

/** A lock on a version of an object, until a time as ISO text. */
export interface Retention {
  readonly mode: "GOVERNANCE" | "COMPLIANCE";
  readonly until: string;
}

/** Metadata of a version of an object. */
export interface ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  /** Version id; the text `null` if the bucket was not versioned at the time. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  /** Size of the contents in bytes. */
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  readonly contentType: string;
  readonly storageClass: string;
  /** Metadata set by clients, such as `x-amz-meta-*`, by header. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** KMS key that encrypts the version. */
  readonly kmsKeyId?: string;
  readonly retention?: Retention;
  readonly legalHold?: boolean;
  readonly acl?: Acl;
}

export interface ObjectVersion extends ObjectInfo {
  /** Position among all versions: the newest version has the highest. */
  readonly sequence: number;
  /** Contents as base64; with a KMS key, their ciphertext under the data key. */
  readonly bytes: string;
  /** Data key of the contents, encrypted by a version of the KMS key. */
  readonly dataKey?: { readonly ciphertext: string; readonly versionId: string };
}

interface BucketIndex {
  /** Versions of each key, newest first. */
  readonly versions: Map<string, ObjectVersion[]>;
  bytes: number;
  /** Keys in order, computed when needed. */
  sorted?: string[];
}

/** Values for versions in older states, which lack these fields. */
const defaults = {
  versionId: "null",
  isDeleteMarker: false,
  storageClass: "STANDARD",
  metadata: {},
  tags: {},
  sequence: 0,
};

/** Versions of all objects, indexed by bucket and key. */
export class ObjectVersions {
  private readonly table: Table<ObjectVersion>;
  private readonly counters: Table<number>;
  private readonly buckets = new Map<string, BucketIndex>();

  constructor(store: Store) {
    this.table = store.table("objects");
    this.counters = store.table("counters");
    for (const row of this.table.values()) this.index({ ...defaults, ...row });
  }

  nextSequence(): number {
    const next = (this.counters.get("objects") ?? 0) + 1;
    this.counters.put("objects", next);
    return next;
  }

  /** Adds a version, or replaces the one with the same id. */
  put(version: ObjectVersion): void {
    this.forget(version.bucket, version.key, version.versionId);
    this.index(version);
    this.table.put(idOf(version), version);
  }

  delete({ bucket, key, versionId }: Pick<ObjectVersion, "bucket" | "key" | "versionId">): void {
    this.forget(bucket, key, versionId);
    this.table.delete(idOf({ bucket, key, versionId }));
    // Row id of objects in older states, which have no versions.
    this.table.delete(`${bucket}/${key}`);
  }

  /** Returns the versions of an object, newest first. */
  of(bucket: string, key: string): readonly ObjectVersion[] {
    return this.buckets.get(bucket)?.versions.get(key) ?? [];
  }

  /** Returns a version, or the current object. @throws {CloudError} NOT_FOUND if it does not exist or is a delete marker. */
  require(bucket: string, key: string, versionId?: string): ObjectVersion {
    const versions = this.of(bucket, key);
    const version =
      versionId === undefined ? versions[0] : versions.find((one) => one.versionId === versionId);
    if (!version || version.isDeleteMarker) throw new CloudError("NOT_FOUND", `Object ${key} not found`);
    return version;
  }

  /** Returns the keys, in the order of their UTF-16 code units. */
  keys(bucket: string): readonly string[] {
    const index = this.buckets.get(bucket);
    if (!index) return [];
    index.sorted ??= [...index.versions.keys()].sort();
    return index.sorted;
  }

  isEmpty(bucket: string): boolean {
    return !this.buckets.get(bucket)?.versions.size;
  }

  /** Returns the bytes of all versions. */
  bytes(bucket: string): number {
    return this.buckets.get(bucket)?.bytes ?? 0;
  }

  private index(version: ObjectVersion): void {
    let index = this.buckets.get(version.bucket);
    if (!index) {
      index = { versions: new Map(), bytes: 0 };
      this.buckets.set(version.bucket, index);
    }
    const versions = index.versions.get(version.key);
    if (!versions) index.sorted = undefined;
    const all = [...(versions ?? []), version].sort((a, b) => b.sequence - a.sequence);
    index.versions.set(version.key, all);
    index.bytes += version.size;
  }

  private forget(bucket: string, key: string, versionId: string): void {
    const index = this.buckets.get(bucket);
    const versions = index?.versions.get(key);
    const gone = versions?.find((version) => version.versionId === versionId);
    if (!index || !versions || !gone) return;
    index.bytes -= gone.size;
    const left = versions.filter((version) => version !== gone);
    if (left.length > 0) index.versions.set(key, left);
    else {
      index.versions.delete(key);
      index.sorted = undefined;
    }
  }
}

const idOf = ({ bucket, key, versionId }: Pick<ObjectVersion, "bucket" | "key" | "versionId">): string =>
  `${bucket}/${key}?${versionId}`;
