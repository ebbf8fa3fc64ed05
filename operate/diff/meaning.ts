import { Hidden, type Value } from "../stack/engineJson";
import type { Kind } from "../stack/kinds";

/** Explained parts of a property: all of it, or the named ones. `[…]` means each item of a list. */
type Explained = true | readonly [Explained] | { readonly [name: string]: Explained };

const scopes = [{ resourceId: true, resourceType: true }] as const;

/** Properties, and parts of them, that facets read. The meaning of other changes is unknown. */
export const explained: Readonly<Record<Kind, Readonly<Record<string, Explained>>>> = {
  trail: {
    name: true,
    serviceAccountId: true,
    storageDestination: { bucketName: true, objectPrefix: true },
    filteringPolicy: {
      managementEventsFilter: { resourceScopes: scopes },
      dataEventsFilters: [
        { service: true, includedEvents: true, excludedEvents: true, resourceScopes: scopes },
      ],
    },
  },
  bucket: {
    policy: true,
    acl: true,
    grants: true,
    maxSize: true,
    forceDestroy: true,
    disabledStatickeyAuth: true,
    // Only the existence of a website matters, not its pages.
    website: true,
    anonymousAccessFlags: { read: true, list: true, configRead: true },
    versioning: { enabled: true },
    // The prefix does not change who may read the request log.
    loggings: [{ targetBucket: true, targetPrefix: true }],
    serverSideEncryptionConfiguration: {
      rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId: true, sseAlgorithm: true } },
    },
    objectLockConfiguration: {
      objectLockEnabled: true,
      rule: { defaultRetention: { mode: true, days: true, years: true } },
    },
    lifecycleRules: [
      {
        // A name.
        id: true,
        enabled: true,
        prefix: true,
        filter: true,
        abortIncompleteMultipartUploadDays: true,
        // A delete marker without versions hides no log.
        expiration: { days: true, date: true, expiredObjectDeleteMarker: true },
        noncurrentVersionExpiration: { days: true },
        // Storage classes only change prices.
        transitions: true,
        noncurrentVersionTransitions: true,
      },
    ],
  },
  key: { status: true, rotationPeriod: true, defaultAlgorithm: true, deletionProtection: true },
  account: { expiresAt: true },
};

const ownId = "the resource's own id";
const time = "a time that the service notes";
const label = "a name for people";
const timeouts = "how long the provider waits";

/** Properties whose change means nothing for the audit logs, each with the reason. */
export const harmless: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  trail: {
    ...{ labels: label, description: label, timeouts },
    ...{ trailId: ownId, auditTrailsTrailId: ownId, createdAt: time, updatedAt: time },
    status: "a facet reads it from the outputs: the program cannot set it",
  },
  bucket: {
    ...{
      tags: label,
      tagsAll: label,
      storageBucketId: ownId,
      bucketPrefix: "read when the bucket is created",
    },
    ...{ createdAt: time, updatedAt: time, etag: "changes with each object", timeouts },
    bucketDomainName: "the bucket's address, made of its name",
    websiteDomain: "an address, made of the bucket's name",
    websiteEndpoint: "an address, made of the bucket's name",
    https: "the certificate of a website; the website itself is a facet",
    corsRules: "web pages that may use the access of their visitor",
    defaultStorageClass: "changes prices only",
    accessKey: "the key that the provider signs requests with",
    secretKey: "the key that the provider signs requests with",
  },
  key: {
    ...{ name: label, labels: label, description: label, timeouts },
    ...{ symmetricKeyId: ownId, kmsSymmetricKeyId: ownId, createdAt: time, updatedAt: time, rotatedAt: time },
  },
  account: {
    ...{ name: label, labels: label, description: label, timeouts },
    ...{ serviceAccountId: ownId, iamServiceAccountId: ownId, createdAt: time, updatedAt: time },
    status: "a facet reads it from the outputs: the program cannot set it",
  },
};

/** Properties that say where a resource is. A change replaces the resource; a change in place is not explained. */
export const placing: ReadonlySet<string> = new Set(["folderId", "bucket"]);

/** Returns the unexplained part of a value; undefined if all is explained. */
export function remainder(value: Value | undefined, by: Explained | undefined): Value | undefined {
  if (by === true || value === undefined || value === null) return undefined;
  if (by === undefined) return value;
  // For a hidden value, facets assume the worst effect.
  if (value instanceof Hidden) return undefined;
  if (Array.isArray(by)) {
    const rest = Array.isArray(value) ? value.flatMap((one) => remainder(one, by[0]) ?? []) : [value];
    return rest.length > 0 ? rest : undefined;
  }
  if (typeof value !== "object" || Array.isArray(value)) return value;
  const rest = Object.entries(value).flatMap(([name, one]) => {
    const left = remainder(one, (by as { readonly [name: string]: Explained })[name]);
    return left === undefined ? [] : [[name, left] as const];
  });
  return rest.length > 0 ? Object.fromEntries(rest) : undefined;
}
