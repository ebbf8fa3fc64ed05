import type { ListObjectVersionsOutput } from "@aws-sdk/client-s3";
import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";
import { objectStorage } from "./objectStorage";

/**
 * Reads a bucket with all that is set on it.
 *
 * @returns nothing if there is none of that name.
 * @throws {ServiceError} if the service does not say, for want of a role for example.
 */
export async function readBucket(name: string, cloud: CloudApi): Promise<Bucket | undefined> {
  const { BucketServiceService, GetBucketRequest_View } = await import(
    "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service"
  );
  const request = { name, view: GetBucketRequest_View.VIEW_FULL };
  return ifFound(cloud.call("storage-api", BucketServiceService.get, request));
}

/** @throws {ServiceError} if the service does not say, for want of a role for example. */
export const bucketExists = async (name: string, cloud: CloudApi): Promise<boolean> =>
  (await readBucket(name, cloud)) !== undefined;

/**
 * Whether Object Storage denies what a reader of the bucket's settings may do. With the roles of such a reader, it is the
 * bucket's policy that denies it.
 *
 * @throws {Error} if it does not say.
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
 * Whether a name is taken in the whole service, also by a bucket of somebody else: Object Storage then answers that it is
 * forbidden, not that there is none.
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

/** How much a bucket holds, and may hold. */
export interface BucketUse {
  readonly usedBytes: number;
  /** Absent for no limit. */
  readonly mostBytes?: number;
}

/**
 * Reads how much a bucket holds. The service counts up to 20 minutes late.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function readBucketUse(name: string, cloud: CloudApi): Promise<BucketUse> {
  const { BucketServiceService } = await import("@yandex-cloud/nodejs-sdk/storage-v1/bucket_service");
  const { usedSize, maxSize } = await cloud.call("storage-api", BucketServiceService.getStats, { name });
  return { usedBytes: usedSize, mostBytes: maxSize || undefined };
}

/**
 * The buckets of a folder, without what is set on them.
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
 * The first key in a bucket, of an object, an old version or a delete marker, that begins with none of some prefixes.
 *
 * @param prefixes Each ends with a slash.
 * @throws {Error} if Object Storage does not say.
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
      // Behind all that begins with the prefix.
      marker = `${prefix}\u{10FFFF}`;
    }
  } finally {
    client.destroy();
  }
}

/**
 * Whether a bucket holds no object, no old version and no delete marker.
 *
 * @throws {Error} if Object Storage does not say.
 */
export const isBucketEmpty = async (bucketName: string, cloud: CloudApi): Promise<boolean> =>
  (await firstKeyOutside(bucketName, [], cloud)) === undefined;

/** Whether what is put into a bucket is encrypted with a KMS key. */
export const isEncryptedWith = ({ encryption }: Bucket, keyId: string): boolean =>
  encryption?.rules.some(({ kmsMasterKeyId }) => kmsMasterKeyId === keyId) ?? false;
