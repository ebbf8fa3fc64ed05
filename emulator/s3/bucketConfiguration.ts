import type { IncomingHttpHeaders } from "node:http";
import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import type { Bucket } from "../backend/storage/bucket";
import { aclAllows } from "../backend/storage/bucketAcl";
import { administer, configure, update } from "../backend/storage/bucketPermissions";
import type { ObjectLock } from "../backend/storage/objectLock";
import { aclOf, aclXml } from "./aclXml";
import { corsRulesIn, corsXml } from "./corsXml";
import { S3Error } from "./errors";
import { lifecycleRulesIn, lifecycleXml } from "./lifecycleXml";
import type { ObjectRequest } from "./objectRequests";
import { notServed } from "./served";
import { websiteIn, websiteXml } from "./websiteXml";
import { elements, parseXml, textAt, toXml, type Xml } from "./xml";

/** A part of a bucket's configuration, addressed by `?name`. */
interface SubResource {
  /** Last part of the event type of a change. */
  readonly event: string;
  readonly permission: string;
  /** Returns the document, or the answer if there is none. */
  readonly read: (bucket: Bucket) => string;
  /** Returns the fields of the bucket for a document. Without a document it resets them. */
  readonly write: (body: string | undefined, bucket: Bucket, headers: IncomingHttpHeaders) => Partial<Bucket>;
}

/** Sub-resources. Each holds fields of the vendor's Bucket message. */
const subResources: Readonly<Record<string, SubResource>> = {
  encryption: {
    event: "BucketEncryptionUpdate",
    permission: update,
    read: ({ kmsMasterKeyId }) => {
      if (!kmsMasterKeyId) throw new S3Error(404, "ServerSideEncryptionConfigurationNotFoundError");
      const byDefault = { SSEAlgorithm: "aws:kms", KMSMasterKeyID: kmsMasterKeyId };
      return toXml("ServerSideEncryptionConfiguration", {
        Rule: { ApplyServerSideEncryptionByDefault: byDefault },
      });
    },
    write: (body) => {
      if (body === undefined) return { kmsMasterKeyId: undefined };
      const rule = ["ServerSideEncryptionConfiguration", "Rule", "ApplyServerSideEncryptionByDefault"];
      const document = parseXml(body, "ServerSideEncryptionConfiguration");
      const kmsMasterKeyId = textAt(document, ...rule, "KMSMasterKeyID");
      if (textAt(document, ...rule, "SSEAlgorithm") !== "aws:kms" || !kmsMasterKeyId)
        throw new S3Error(400, "InvalidArgument", "The rule must name the algorithm aws:kms and a key");
      return { kmsMasterKeyId };
    },
  },
  versioning: {
    event: "BucketVersioningUpdate",
    permission: administer,
    read: ({ versioning }) => {
      const status = {
        VERSIONING_ENABLED: "Enabled",
        VERSIONING_SUSPENDED: "Suspended",
        VERSIONING_DISABLED: "",
      };
      return toXml("VersioningConfiguration", status[versioning] ? { Status: status[versioning] } : {});
    },
    write: (body) => {
      const status = textAt(
        parseXml(body ?? "", "VersioningConfiguration"),
        "VersioningConfiguration",
        "Status",
      );
      if (status === "Enabled") return { versioning: "VERSIONING_ENABLED" };
      if (status !== "Suspended") throw new S3Error(400, "MalformedXML");
      return { versioning: "VERSIONING_SUSPENDED" };
    },
  },
  policy: {
    event: "BucketPolicyUpdate",
    permission: configure,
    read: ({ policy }) => (policy ? JSON.stringify(policy) : missing("NoSuchBucketPolicy")()),
    write: (body) => ({ policy: body === undefined ? undefined : policyIn(body) }),
  },
  lifecycle: {
    event: "BucketLifecycleUpdate",
    permission: configure,
    read: ({ lifecycleRules = [] }) =>
      lifecycleRules.length > 0 ? lifecycleXml(lifecycleRules) : missing("NoSuchLifecycleConfiguration")(),
    write: (body) => ({
      lifecycleRules: body === undefined ? [] : lifecycleRulesIn(parseXml(body, "LifecycleConfiguration")),
    }),
  },
  "object-lock": {
    event: "BucketObjectLockUpdate",
    permission: administer,
    read: ({ objectLock }) => {
      if (objectLock?.status !== "OBJECT_LOCK_STATUS_ENABLED")
        return missing("ObjectLockConfigurationNotFoundError")();
      const { mode, days, years } = objectLock.defaultRetention ?? {};
      const DefaultRetention = { Mode: mode?.replace("MODE_", ""), Days: days, Years: years };
      return toXml("ObjectLockConfiguration", {
        ObjectLockEnabled: "Enabled",
        ...(mode && { Rule: { DefaultRetention } }),
      });
    },
    write: (body) => ({ objectLock: objectLockIn(parseXml(body ?? "", "ObjectLockConfiguration")) }),
  },
  cors: {
    event: "BucketCorsUpdate",
    permission: configure,
    read: ({ cors = [] }) => (cors.length > 0 ? corsXml(cors) : missing("NoSuchCORSConfiguration")()),
    write: (body) => ({ cors: body === undefined ? [] : corsRulesIn(parseXml(body, "CORSConfiguration")) }),
  },
  website: {
    event: "BucketWebsiteUpdate",
    permission: configure,
    read: ({ websiteSettings }) =>
      websiteSettings ? websiteXml(websiteSettings) : missing("NoSuchWebsiteConfiguration")(),
    write: (body) => ({
      websiteSettings: body === undefined ? undefined : websiteIn(parseXml(body, "WebsiteConfiguration")),
    }),
  },
  acl: {
    event: "BucketAclUpdate",
    permission: administer,
    read: ({ acl, folderId }) => aclXml(acl ?? { grants: [] }, folderId),
    write: (body, { folderId }, headers) => ({ acl: aclOf(headers, body ?? "", folderId) }),
  },
  tagging: {
    event: "BucketTagsUpdate",
    permission: update,
    read: ({ tags }) =>
      toXml("Tagging", { TagSet: { Tag: tags.map(({ key, value }) => ({ Key: key, Value: value })) } }),
    write: (body) => ({
      tags: elements(body === undefined ? {} : parseXml(body, "Tagging"), "Tagging", "TagSet", "Tag").map(
        (tag) => ({
          key: textAt(tag, "Key") ?? "",
          value: textAt(tag, "Value") ?? "",
        }),
      ),
    }),
  },
  logging: {
    event: "BucketLoggingUpdate",
    permission: update,
    read: ({ logging }) =>
      toXml("BucketLoggingStatus", {
        ...(logging && {
          LoggingEnabled: { TargetBucket: logging.targetBucket, TargetPrefix: logging.targetPrefix },
        }),
      }),
    write: (body) => {
      const document = parseXml(body ?? "", "BucketLoggingStatus");
      const [enabled] = elements(document, "BucketLoggingStatus", "LoggingEnabled");
      if (!enabled) return { logging: undefined };
      const targetBucket = textAt(enabled, "TargetBucket");
      if (!targetBucket) throw new S3Error(400, "MalformedXML");
      return { logging: { targetBucket, targetPrefix: textAt(enabled, "TargetPrefix") ?? "" } };
    },
  },
};

function missing(code: string): () => never {
  return () => {
    throw new S3Error(404, code);
  };
}

/** Returns the sub-resource of a request, if it has one. */
export const subResourceOf = (query: URLSearchParams): string | undefined =>
  Object.keys(subResources).find((name) => query.has(name));

/** Reads a sub-resource. @param action Name of the action in bucket policies and ACLs, such as `s3:GetBucketCors`. */
export function readSubResource(cloud: Cloud, call: Call, name: string, of: string, action: string): string {
  const bucket = cloud.buckets.require(name);
  if (!aclAllows(bucket.acl, call.subject, action)) cloud.buckets.get(call, name);
  return find(of).read(bucket);
}

/** Replaces a sub-resource, or removes it without a body. */
export function writeSubResource(
  { cloud, target: { bucket }, headers }: ObjectRequest,
  call: Call,
  name: string,
  body?: string,
): void {
  const { event, permission, write } = find(name);
  const fields = write(body, cloud.buckets.require(bucket), headers);
  try {
    cloud.buckets.configure(call, bucket, `storage.${event}`, permission, fields);
  } catch (error) {
    const isConflict = error instanceof CloudError && error.code === "FAILED_PRECONDITION";
    throw isConflict ? new S3Error(409, "InvalidBucketState", error.message) : error;
  }
}

function find(name: string): SubResource {
  const found = subResources[name];
  if (!found) throw notServed(`?${name}`);
  return found;
}

function policyIn(body: string): object {
  try {
    const policy = JSON.parse(body);
    if (typeof policy === "object" && policy?.Statement) return policy;
  } catch {
    // Reported below, like other invalid policies.
  }
  throw new S3Error(400, "MalformedPolicy");
}

/** Reads an object lock. An empty document removes it; locked versions stay locked. */
function objectLockIn(document: Xml): ObjectLock | undefined {
  const root = "ObjectLockConfiguration";
  if (textAt(document, root, "ObjectLockEnabled") !== "Enabled") return undefined;
  const [retention] = elements(document, root, "Rule", "DefaultRetention");
  if (!retention) return { status: "OBJECT_LOCK_STATUS_ENABLED" };
  const mode = textAt(retention, "Mode");
  const [days, years] = ["Days", "Years"].map((name) => textAt(retention, name));
  const isPeriod = (text: string | undefined) => text === undefined || /^[1-9]\d*$/.test(text);
  if (
    (mode !== "GOVERNANCE" && mode !== "COMPLIANCE") ||
    (days === undefined) === (years === undefined) ||
    !isPeriod(days) ||
    !isPeriod(years)
  )
    throw new S3Error(400, "MalformedXML", "Default retention needs a mode, and either days or years");
  const period = days === undefined ? { years: Number(years) } : { days: Number(days) };
  return { status: "OBJECT_LOCK_STATUS_ENABLED", defaultRetention: { mode: `MODE_${mode}`, ...period } };
}
