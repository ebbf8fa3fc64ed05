import { createHash, randomBytes } from "node:crypto";
import type { Subject } from "./access";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import { seal, unseal } from "./sealing";
import type { Table } from "./store";

/** What is known of an object without reading it. */
export interface ObjectInfo {
  readonly bucket: string;
  readonly key: string;
  /** Bytes of the contents. */
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  readonly contentType: string;
  /** The KMS key under which it is stored. */
  readonly kmsKeyId?: string;
}

interface StoredObject extends ObjectInfo {
  /** Base64: the contents, or with a KMS key their ciphertext under the data key. */
  readonly bytes: string;
  /** The data key, encrypted by that version of the KMS key. */
  readonly dataKey?: { readonly ciphertext: string; readonly versionId: string };
}

const id = (bucket: string, key: string): string => `${bucket}/${key}`;

/** Object Storage's objects. In an encrypted bucket each has a data key of its own, wrapped by the KMS key. */
export class Objects {
  private readonly objects: Table<StoredObject>;

  constructor(private readonly cloud: Cloud) {
    this.objects = cloud.store.table("objects");
  }

  isEmpty(bucket: string): boolean {
    return !this.objects.values().some((object) => object.bucket === bucket);
  }

  usedBytes(bucket: string): number {
    const sizes = this.objects.values().map((object) => (object.bucket === bucket ? object.size : 0));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  list(subject: Subject, bucket: string, prefix = ""): ObjectInfo[] {
    this.cloud.buckets.require(bucket);
    this.cloud.access.require(subject, "storage.objects.list", bucket);
    return this.objects
      .values()
      .filter((object) => object.bucket === bucket && object.key.startsWith(prefix))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ bytes: _, dataKey: __, ...info }) => info);
  }

  /**
   * @throws {CloudError} NOT_FOUND without the bucket, PERMISSION_DENIED without a role on bucket or key,
   *   FAILED_PRECONDITION if the key cannot be used, RESOURCE_EXHAUSTED if the bucket is full.
   */
  put(subject: Subject, bucketName: string, key: string, body: Buffer, contentType: string): ObjectInfo {
    const bucket = this.cloud.buckets.require(bucketName);
    this.cloud.access.require(subject, "storage.objects.create", bucketName);
    if (bucket.maxSize > 0 && this.usedBytes(bucketName) + body.length > bucket.maxSize)
      throw new CloudError("RESOURCE_EXHAUSTED", `Bucket ${bucketName} is full`);

    const kmsKeyId = bucket.kmsMasterKeyId;
    const object: StoredObject = {
      bucket: bucketName,
      key,
      size: body.length,
      etag: createHash("md5").update(body).digest("hex"),
      lastModified: this.cloud.clock.now().toISOString(),
      contentType,
      ...(kmsKeyId ? this.encrypted(subject, kmsKeyId, body) : { bytes: body.toString("base64") }),
    };
    this.objects.put(id(bucketName, key), object);
    return object;
  }

  /** @throws {CloudError} NOT_FOUND, or PERMISSION_DENIED without a role on the bucket or on the object's key. */
  get(subject: Subject, bucketName: string, key: string): { info: ObjectInfo; body: Buffer } {
    this.cloud.buckets.require(bucketName);
    this.cloud.access.require(subject, "storage.objects.get", bucketName);
    const object = this.objects.get(id(bucketName, key));
    if (!object) throw new CloudError("NOT_FOUND", `Object ${key} not found`);
    if (!object.kmsKeyId || !object.dataKey)
      return { info: object, body: Buffer.from(object.bytes, "base64") };

    this.cloud.access.require(subject, "kms.keys.decrypt", object.kmsKeyId);
    const { ciphertext, versionId } = object.dataKey;
    const dataKey = this.cloud.keys.decrypt(object.kmsKeyId, versionId, ciphertext);
    return { info: object, body: unseal(dataKey, object.bytes) };
  }

  delete(subject: Subject, bucketName: string, key: string): void {
    this.cloud.buckets.require(bucketName);
    this.cloud.access.require(subject, "storage.objects.delete", bucketName);
    this.objects.delete(id(bucketName, key));
  }

  private encrypted(subject: Subject, kmsKeyId: string, body: Buffer) {
    this.cloud.access.require(subject, "kms.keys.encrypt", kmsKeyId);
    const dataKey = randomBytes(32);
    return { kmsKeyId, dataKey: this.cloud.keys.encrypt(kmsKeyId, dataKey), bytes: seal(dataKey, body) };
  }
}
