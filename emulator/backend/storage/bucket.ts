import type { Acl } from "./bucketAcl";
import type { HttpsConfig } from "./bucketHttps";
import type { LifecycleRule } from "./lifecycle";
import type { ObjectLock } from "./objectLock";

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
  /** Where the bucket's requests would be logged. */
  readonly logging?: { readonly targetBucket: string; readonly targetPrefix: string };
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
  Omit<Bucket, "name" | "folderId" | "createdAt" | "resourceId" | "logging" | "https" | "kmsMasterKeyId">
> & {
  readonly encryption?: {
    readonly rules?: readonly { readonly kmsMasterKeyId?: string; readonly sseAlgorithm?: string }[];
  };
};

/** A bucket as the vendor's message. */
export const messageOf = (bucket: Bucket): object => ({ ...settingsOf(bucket), id: bucket.name });

/** Fields of a bucket as the vendor's message has them. */
export function settingsOf({ kmsMasterKeyId, https: _, ...fields }: Partial<Bucket>): object {
  const rules = kmsMasterKeyId ? [{ kmsMasterKeyId, sseAlgorithm: "aws:kms" }] : [];
  return { ...fields, encryption: rules.length > 0 ? { rules } : undefined };
}

/** All flags or none: the official provider crashes on flags that are there in part. */
export function complete(
  flags: Partial<NonNullable<Bucket["anonymousAccessFlags"]>> | undefined,
): Bucket["anonymousAccessFlags"] {
  const { read = false, list = false, configRead = false } = flags ?? {};
  return flags && { read, list, configRead };
}
