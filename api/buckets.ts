import type { Bucket } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket";
import { type CloudApi, isNotFound } from "./connection";

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
  return cloud.call("storage-api", BucketServiceService.get, request).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/** @throws {ServiceError} if the service does not say, for want of a role for example. */
export const bucketExists = async (name: string, cloud: CloudApi): Promise<boolean> =>
  (await readBucket(name, cloud)) !== undefined;
