import { Hidden, type Value } from "../stack/engineJson";
import type { Kind } from "../stack/stackView";

/** What of a property is explained: all of it, or the parts that are named. `[…]` stands for each item of a list. */
type Explained = true | readonly [Explained] | { readonly [name: string]: Explained };

const scopes = [{ resourceId: true, resourceType: true }] as const;

/** Properties that facets read. What of one stands in no facet is not explained. */
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
    // How a website looks is no matter once there is one.
    website: true,
    anonymousAccessFlags: { read: true, list: true, configRead: true },
    versioning: { enabled: true },
    // What the names of its objects begin with is no matter for who reads it.
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
        // A delete marker without versions behind it marks nothing.
        expiration: { days: true, date: true, expiredObjectDeleteMarker: true },
        noncurrentVersionExpiration: { days: true },
        // Storage classes are a matter of prices.
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
    https: "the certificate of a website; that there is one is a facet",
    corsRules: "which web pages may use access that their reader has",
    defaultStorageClass: "a matter of prices",
    accessKey: "with which key the provider asks",
    secretKey: "with which key the provider asks",
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

/** Where a resource is. Each of them replaces the resource; what changes one in place is not explained. */
export const placing: ReadonlySet<string> = new Set(["folderId", "bucket"]);

/** What of a value is not explained; undefined if nothing is left. */
export function remainder(value: Value | undefined, by: Explained | undefined): Value | undefined {
  if (by === true || value === undefined || value === null) return undefined;
  if (by === undefined) return value;
  // Its facets are judged at their worst.
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
