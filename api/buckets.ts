import type { ListObjectVersionsOutput } from "@aws-sdk/client-s3";
import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";
import { objectStorage } from "./objectStorage";

/**
 * Reads a bucket with all its settings.
 *
 * @returns undefined if no bucket has that name.
 * @throws {ServiceError} if the call fails, for example because a role is missing.
 */
export async function readBucket(name: string, cloud: CloudApi): Promise<Bucket | undefined> {
  const { BucketServiceService, GetBucketRequest_View } = await import(
    "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service"
  );
  const request = { name, view: GetBucketRequest_View.VIEW_FULL };
  return ifFound(cloud.call("storage-api", BucketServiceService.get, request));
}

/**
 * Checks whether a bucket exists.
 *
 * @throws {ServiceError} if the call fails, for example because a role is missing.
 */
export const bucketExists = async (name: string, cloud: CloudApi): Promise<boolean> =>
  (await readBucket(name, cloud)) !== undefined;

/**
 * Checks whether Object Storage denies a request that a reader of the bucket's settings may make. If the caller has the
 * roles of such a reader, the bucket's policy causes the denial.
 *
 * @throws {Error} if Object Storage answers with another error.
 */
export async function isShutOut(bucketName: string, cloud: CloudApi): Promise<boolean> {
  const { GetBucketVersioningCommand } = await import("@aws-sdk/client-s3");
  const client = await objectStorage(cloud);
  return client
    .send(new GetBucketVersioningCommand({ Bucket: bucketName }))
    .then(
      () => false,
      (error: { readonly $metadata?: { readonly httpStatusCode?: number } }) => {
        if (error.$metadata?.httpStatusCode === 403) return true;
        throw error;
      },
    )
    .finally(() => client.destroy());
}

/**
 * Checks whether a bucket name is taken in the whole service, also by an owner that the caller cannot see. In that case
 * Object Storage answers "forbidden" instead of "not found".
 *
 * @throws {Error} if Object Storage answers anything else.
 */
export async function isBucketNameTaken(bucketName: string, cloud: CloudApi): Promise<boolean> {
  const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
  const client = await objectStorage(cloud);
  return client
    .send(new HeadBucketCommand({ Bucket: bucketName }))
    .then(
      () => true,
      (error: { readonly $metadata?: { readonly httpStatusCode?: number } }) => {
        const code = error.$metadata?.httpStatusCode;
        if (code === 404) return false;
        if (code === 403 || code === 301) return true;
        throw error;
      },
    )
    .finally(() => client.destroy());
}

/** Used and allowed size of a bucket. */
export interface BucketUse {
  readonly usedBytes: number;
  /** Allowed size; absent if there is no limit. */
  readonly mostBytes?: number;
}

/**
 * Reads the used and the allowed size of a bucket. The service updates the used size with a delay of up to 20 minutes.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function readBucketUse(name: string, cloud: CloudApi): Promise<BucketUse> {
  const { BucketServiceService } = await import("@yandex-cloud/nodejs-sdk/storage-v1/bucket_service");
  const { usedSize, maxSize } = await cloud.call("storage-api", BucketServiceService.getStats, { name });
  return { usedBytes: usedSize, mostBytes: maxSize || undefined };
}

/**
 * Lists the buckets of a folder, without their settings.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function listBuckets(folderId: string, cloud: CloudApi): Promise<Bucket[]> {
  const { BucketServiceService } = await import("@yandex-cloud/nodejs-sdk/storage-v1/bucket_service");
  return listAll(
    (pageToken) => cloud.call("storage-api", BucketServiceService.list, { folderId, pageSize, pageToken }),
    ({ buckets }) => buckets,
  );
}

/**
 * Returns the first key in a bucket that begins with none of the given prefixes. It may be the key of an object, an old
 * version or a delete marker.
 *
 * @param prefixes Key prefixes; each ends with a slash.
 * @throws {Error} if a request to Object Storage fails.
 */
export async function firstKeyOutside(
  bucketName: string,
  prefixes: readonly string[],
  cloud: CloudApi,
): Promise<string | undefined> {
  const { ListObjectVersionsCommand } = await import("@aws-sdk/client-s3");
  const client = await objectStorage(cloud);
  try {
    for (let marker: string | undefined; ; ) {
      const { Versions = [], DeleteMarkers = [] }: ListObjectVersionsOutput = await client.send(
        new ListObjectVersionsCommand({ Bucket: bucketName, MaxKeys: 1, KeyMarker: marker }),
      );
      const key = [...Versions, ...DeleteMarkers][0]?.Key;
      const prefix = prefixes.find((one) => key?.startsWith(one));
      if (key === undefined || prefix === undefined) return key;
      // Sorts after all keys that begin with the prefix.
      marker = `${prefix}\u{10FFFF}`;
    }
  } finally {
    client.destroy();
  }
}

/**
 * Checks whether a bucket holds no object, no old version and no delete marker.
 *
 * @throws {Error} if a request to Object Storage fails.
 */
export const isBucketEmpty = async (bucketName: string, cloud: CloudApi): Promise<boolean> =>
  (await firstKeyOutside(bucketName, [], cloud)) === undefined;

/** Checks whether a bucket encrypts new objects with a KMS key. */
export const isEncryptedWith = ({ encryption }: Bucket, keyId: string): boolean =>
  encryption?.rules.some(({ kmsMasterKeyId }) => kmsMasterKeyId === keyId) ?? false;
