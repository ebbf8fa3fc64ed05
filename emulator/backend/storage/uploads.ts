import { createHash } from "node:crypto";
import type { Clock } from "../clock";
import { CloudError } from "../errors";
import type { Ids } from "../ids";
import type { Store } from "../store";
import type { Table } from "../table";
import type { BucketAccess, Requester } from "./bucketAccess";
import type { Buckets } from "./buckets";
import type { ObjectInfo, Objects, PutOptions } from "./objects";

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: string;
  readonly contentType: string;
  readonly options: PutOptions;
}

export interface Part {
  readonly uploadId: string;
  /** Number of the part, from 1. */
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  /** Contents as base64. */
  readonly bytes: string;
}

const partId = (uploadId: string, number: number): string => `${uploadId}/${String(number).padStart(5, "0")}`;

/** Services of the cloud that this one uses. */
interface Needs {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly buckets: Buckets;
  readonly bucketAccess: BucketAccess;
  readonly objects: Objects;
}

/** Object Storage's multipart uploads. */
export class Uploads {
  private readonly uploads: Table<Upload>;
  private readonly parts: Table<Part>;
  private readonly uploadsIn: (bucket: string) => Upload[];
  private readonly partsOfUpload: (uploadId: string) => Part[];

  constructor(private readonly cloud: Needs) {
    this.uploads = cloud.store.table("uploads");
    this.parts = cloud.store.table("uploadParts");
    this.uploadsIn = this.uploads.groupedBy(({ bucket }) => bucket);
    this.partsOfUpload = this.parts.groupedBy(({ uploadId }) => uploadId);
  }

  begin(by: Requester, bucketName: string, key: string, contentType: string, options: PutOptions): Upload {
    this.cloud.bucketAccess.require(by, "s3:PutObject", this.cloud.buckets.require(bucketName), key);
    const id = this.cloud.ids.make("upl", bucketName, key);
    const initiated = this.cloud.clock.now().toISOString();
    const upload = { id, bucket: bucketName, key, initiated, contentType, options };
    this.uploads.put(id, upload);
    return upload;
  }

  putPart(by: Requester, uploadId: string, number: number, body: Buffer): Part {
    const { bucket, key } = this.require(uploadId);
    this.cloud.bucketAccess.require(by, "s3:PutObject", this.cloud.buckets.require(bucket), key);
    if (!(number >= 1 && number <= 10_000))
      throw new CloudError("INVALID_ARGUMENT", "A part number must be 1 to 10000");
    const part = {
      uploadId,
      number,
      size: body.length,
      etag: createHash("md5").update(body).digest("hex"),
      lastModified: this.cloud.clock.now().toISOString(),
      bytes: body.toString("base64"),
    };
    this.parts.put(partId(uploadId, number), part);
    return part;
  }

  /**
   * Creates an object from the named parts.
   *
   * @throws {CloudError} INVALID_ARGUMENT for parts that are missing or not in order.
   */
  complete(
    by: Requester,
    uploadId: string,
    named: readonly { readonly number: number; readonly etag: string }[],
  ): ObjectInfo {
    const { bucket, key, contentType, options } = this.require(uploadId);
    const parts = named.map(({ number, etag }, i) => {
      const part = this.parts.get(partId(uploadId, number));
      const isInOrder = i === 0 || number > (named[i - 1]?.number ?? 0);
      if (!part || !isInOrder || part.etag !== etag)
        throw new CloudError("INVALID_ARGUMENT", `Part ${number} is missing, differs, or is out of order`);
      return part;
    });
    if (parts.length === 0) throw new CloudError("INVALID_ARGUMENT", "An upload needs at least one part");
    const sums = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, "hex")));
    const etag = `${createHash("md5").update(sums).digest("hex")}-${parts.length}`;
    const body = Buffer.concat(parts.map(({ bytes }) => Buffer.from(bytes, "base64")));
    const info = this.cloud.objects.put(by, bucket, key, body, contentType, {
      ...options,
      etag,
      hasContentMd5: true,
    });
    this.forget(uploadId);
    return info;
  }

  abort(by: Requester, uploadId: string): void {
    const { bucket, key } = this.require(uploadId);
    this.cloud.bucketAccess.require(by, "s3:AbortMultipartUpload", this.cloud.buckets.require(bucket), key);
    this.forget(uploadId);
  }

  list(by: Requester, bucketName: string): Upload[] {
    const bucket = this.cloud.buckets.require(bucketName);
    this.cloud.bucketAccess.require(by, "s3:ListBucketMultipartUploads", bucket);
    return this.in(bucketName);
  }

  partsOf(by: Requester, uploadId: string): Part[] {
    const { bucket } = this.require(uploadId);
    this.list(by, bucket);
    return this.partsIn(uploadId);
  }

  in(bucketName: string): Upload[] {
    return this.uploadsIn(bucketName).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  removeAll(bucket: string): void {
    for (const { id } of this.in(bucket)) this.forget(id);
  }

  /** Returns the parts of an upload, in the order of their numbers. */
  partsIn(uploadId: string): Part[] {
    return this.partsOfUpload(uploadId).sort((a, b) => a.number - b.number);
  }

  /** Deletes an upload without creating an object. */
  forget(uploadId: string): void {
    this.uploads.delete(uploadId);
    for (const { number } of this.partsIn(uploadId)) this.parts.delete(partId(uploadId, number));
  }

  /** Returns an upload. @throws {CloudError} NOT_FOUND */
  require(uploadId: string): Upload {
    const upload = this.uploads.get(uploadId);
    if (!upload) throw new CloudError("NOT_FOUND", `Upload ${uploadId} not found`);
    return upload;
  }
}
