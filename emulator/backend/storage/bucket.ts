import type { Acl } from "./bucketAcl";
import type { LifecycleRule } from "./lifecycleRule";
import type { ObjectLock } from "./objectLock";

/** Certificate of a bucket as the vendor's HTTPSConfig. The private key is not stored. */
export interface HttpsConfig {
  readonly sourceType: string;
  readonly certificateId?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly dnsNames?: readonly string[];
  readonly notBefore?: string;
  readonly notAfter?: string;
}

export interface Bucket {
  readonly name: string;
  readonly folderId: string;
  readonly createdAt: string;
  readonly resourceId: string;
  readonly defaultStorageClass: string;
  /** Size limit in bytes; 0 for no limit. */
  readonly maxSize: number;
  readonly anonymousAccessFlags?: {
    readonly read: boolean;
    readonly list: boolean;
    readonly configRead: boolean;
  };
  /** Key that encrypts new objects. */
  readonly kmsMasterKeyId?: string;
  readonly versioning: "VERSIONING_DISABLED" | "VERSIONING_ENABLED" | "VERSIONING_SUSPENDED";
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  /** Policy as JSON: https://yandex.cloud/en/docs/storage/s3/api-ref/policy/scheme. */
  readonly policy?: object;
  readonly lifecycleRules?: readonly LifecycleRule[];
  readonly objectLock?: ObjectLock;
  readonly allowedPrivateEndpoints?: object;
  /** True if requests signed with static keys are refused. */
  readonly disabledStatickeyAuth?: boolean;
  readonly acl?: Acl;
  readonly cors?: readonly CorsRule[];
  readonly websiteSettings?: WebsiteSettings;
  readonly https?: HttpsConfig;
  /** Destination of the log of requests. The local cloud does not log requests. */
  readonly logging?: { readonly targetBucket: string; readonly targetPrefix: string };
}

export interface CorsRule {
  readonly id?: string;
  /** Methods, such as `METHOD_GET`. */
  readonly allowedMethods?: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

export interface WebsiteSettings {
  readonly index?: string;
  readonly error?: string;
  /** Redirect of all requests. `protocol` is a text such as `PROTOCOL_HTTPS`. */
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

/** Settings of a bucket in the vendor's message. */
export type BucketSettings = Partial<
  Omit<Bucket, "name" | "folderId" | "createdAt" | "resourceId" | "logging" | "https" | "kmsMasterKeyId">
> & {
  readonly encryption?: {
    readonly rules?: readonly { readonly kmsMasterKeyId?: string; readonly sseAlgorithm?: string }[];
  };
};

/** Returns a bucket as the vendor's message. */
export const messageOf = (bucket: Bucket): object => ({ ...settingsOf(bucket), id: bucket.name });

/** Returns fields of a bucket in the form of the vendor's message. */
export function settingsOf({ kmsMasterKeyId, https: _, ...fields }: Partial<Bucket>): object {
  const rules = kmsMasterKeyId ? [{ kmsMasterKeyId, sseAlgorithm: "aws:kms" }] : [];
  return { ...fields, encryption: rules.length > 0 ? { rules } : undefined };
}

/** Completes the flags, if there are any: the official provider crashes on incomplete flags. */
export function complete(
  flags: Partial<NonNullable<Bucket["anonymousAccessFlags"]>> | undefined,
): Bucket["anonymousAccessFlags"] {
  const { read = false, list = false, configRead = false } = flags ?? {};
  return flags && { read, list, configRead };
}
