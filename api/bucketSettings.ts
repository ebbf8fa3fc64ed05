import { readBucket } from "./buckets";
import type { CloudApi } from "./connection";

/** A rule of a bucket's lifecycle: https://yandex.cloud/en/docs/storage/concepts/lifecycles */
export interface LifecycleRule {
  readonly id?: string;
  readonly enabled?: boolean;
  readonly filter?: {
    readonly prefix?: string;
    readonly objectSizeGreaterThan?: number;
    readonly objectSizeLessThan?: number;
    readonly tag?: object;
    readonly andOperator?: {
      readonly prefix?: string;
      readonly objectSizeGreaterThan?: number;
      readonly objectSizeLessThan?: number;
      readonly tag?: readonly object[];
    };
  };
  readonly expiration?: {
    readonly date?: string;
    readonly days?: number;
    readonly expiredObjectDeleteMarker?: boolean;
  };
  readonly transitions?: readonly {
    readonly date?: string;
    readonly days?: number;
    readonly storageClass?: string;
  }[];
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterExpiration?: number };
  readonly noncurrentExpiration?: { readonly noncurrentDays?: number };
  readonly noncurrentTransitions?: readonly object[];
  readonly noncurrentDeleteMarkers?: object;
}

/** Settings of a bucket, with the vendor's names. */
export interface BucketSettings {
  readonly folderId: string;
  readonly resourceId?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  /** Size limit in bytes; absent if there is no limit. */
  readonly maxSize?: number;
  readonly versioning?: string;
  readonly policy?: object;
  readonly anonymousAccessFlags?: Readonly<Record<string, boolean>>;
  readonly acl?: { readonly grants?: readonly { readonly permission: string; readonly grantType: string }[] };
  readonly lifecycleRules?: readonly LifecycleRule[];
  readonly objectLock?: {
    readonly status?: string;
    readonly defaultRetention?: { readonly mode?: string; readonly days?: number; readonly years?: number };
  };
  readonly encryption?: { readonly rules?: readonly { readonly kmsMasterKeyId?: string }[] };
}

/**
 * Reads the settings of a bucket.
 *
 * @returns undefined if no bucket has that name.
 * @throws {ServiceError} if the call fails, for example because a role is missing.
 */
export async function readBucketSettings(name: string, cloud: CloudApi): Promise<BucketSettings | undefined> {
  const { Bucket } = await import("@yandex-cloud/nodejs-sdk/storage-v1/bucket");
  const bucket = await readBucket(name, cloud);
  return bucket && (Bucket.toJSON(bucket) as BucketSettings);
}

/** Returns the id of the KMS key that encrypts new objects of a bucket; undefined if there is none. */
export const keyIdOf = ({ encryption }: BucketSettings): string | undefined =>
  encryption?.rules?.[0]?.kmsMasterKeyId || undefined;
