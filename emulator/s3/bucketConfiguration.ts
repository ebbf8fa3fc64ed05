import type { Bucket } from "../backend/buckets";
import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { S3Error } from "./errors";
import { elements, parseXml, textAt, toXml, type Xml } from "./xml";

/** A part of a bucket's configuration, as `?name` of the bucket's address. */
interface SubResource {
  /** Last part of the event that tells of a change. */
  readonly event: string;
  readonly permission: string;
  /** The document, or what is answered where there is none. */
  readonly read: (bucket: Bucket) => string;
  /** Fields of the bucket that follow from a document; nothing resets them. */
  readonly write: (body: string | undefined, bucket: Bucket) => Partial<Bucket>;
}

const administer = "storage.buckets.administer";
const configure = "storage.buckets.configure";
const update = "storage.buckets.update";

/** The sub-resources that hold fields of the vendor's Bucket message. */
const typed: Readonly<Record<string, SubResource>> = {
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
      const document = xml(body);
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
    write: (body, { versioning }) => {
      const status = textAt(xml(body ?? ""), "VersioningConfiguration", "Status");
      if (status === "Enabled") return { versioning: "VERSIONING_ENABLED" };
      // Once enabled it can only be suspended: https://yandex.cloud/en/docs/storage/concepts/versioning
      if (status === "Suspended")
        return { versioning: versioning === "VERSIONING_DISABLED" ? versioning : "VERSIONING_SUSPENDED" };
      throw new S3Error(400, "MalformedXML");
    },
  },
  tagging: {
    event: "BucketTagsUpdate",
    permission: update,
    read: ({ tags }) =>
      toXml("Tagging", { TagSet: { Tag: tags.map(({ key, value }) => ({ Key: key, Value: value })) } }),
    write: (body) => ({
      tags: elements(body === undefined ? {} : xml(body), "Tagging", "TagSet", "Tag").map((tag) => ({
        key: textAt(tag, "Key") ?? "",
        value: textAt(tag, "Value") ?? "",
      })),
    }),
  },
};

/** Documents that are kept as they come and not acted upon, and the answer where there is none. */
const documents: readonly {
  name: string;
  event: string;
  permission: string;
  none: (bucket: Bucket) => string;
}[] = [
  { name: "policy", event: "BucketPolicyUpdate", permission: configure, none: missing("NoSuchBucketPolicy") },
  {
    name: "lifecycle",
    event: "BucketLifecycleUpdate",
    permission: configure,
    none: missing("NoSuchLifecycleConfiguration"),
  },
  { name: "cors", event: "BucketCorsUpdate", permission: update, none: missing("NoSuchCORSConfiguration") },
  {
    name: "website",
    event: "BucketWebsiteUpdate",
    permission: update,
    none: missing("NoSuchWebsiteConfiguration"),
  },
  {
    name: "object-lock",
    event: "BucketObjectLockUpdate",
    permission: administer,
    none: missing("ObjectLockConfigurationNotFoundError"),
  },
  {
    name: "logging",
    event: "BucketLoggingUpdate",
    permission: update,
    none: () => toXml("BucketLoggingStatus"),
  },
  { name: "acl", event: "BucketAclUpdate", permission: administer, none: privateAcl },
];

/** Only the owner, with everything. */
function privateAcl({ folderId }: Bucket): string {
  const owner = { ID: folderId, DisplayName: folderId };
  const type = { "@_xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance", "@_xsi:type": "CanonicalUser" };
  return toXml("AccessControlPolicy", {
    Owner: owner,
    AccessControlList: { Grant: { Grantee: { ...type, ...owner }, Permission: "FULL_CONTROL" } },
  });
}

function missing(code: string): () => never {
  return () => {
    throw new S3Error(404, code);
  };
}

const subResources: Readonly<Record<string, SubResource>> = {
  ...typed,
  ...Object.fromEntries(
    documents.map(({ name, event, permission, none }) => {
      const subResource: SubResource = {
        event,
        permission,
        read: (bucket) => bucket.documents[name] ?? none(bucket),
        write: (body, bucket) => {
          const { [name]: _, ...others } = bucket.documents;
          if (body !== undefined && name !== "policy") xml(body);
          return { documents: body === undefined ? others : { ...others, [name]: body } };
        },
      };
      return [name, subResource] as const;
    }),
  ),
};

/** The sub-resource that a request names, if it names one. */
export const subResourceOf = (query: URLSearchParams): string | undefined =>
  Object.keys(subResources).find((name) => query.has(name));

export function readSubResource(cloud: Cloud, call: Call, bucket: string, name: string): string {
  return find(name).read(cloud.buckets.get(call, bucket));
}

/** Replaces a sub-resource, or removes it where no body is given. */
export function writeSubResource(
  cloud: Cloud,
  call: Call,
  bucket: string,
  name: string,
  body?: string,
): void {
  const { event, permission, write } = find(name);
  const fields = write(body, cloud.buckets.require(bucket));
  cloud.buckets.configure(call, bucket, `storage.${event}`, permission, fields);
}

function find(name: string): SubResource {
  const found = subResources[name];
  if (!found) throw new S3Error(501, "NotImplemented");
  return found;
}

function xml(body: string): Xml {
  const document = parseXml(body);
  if (!document) throw new S3Error(400, "MalformedXML");
  return document;
}
