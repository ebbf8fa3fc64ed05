import type { IncomingHttpHeaders } from "node:http";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import type { Requester } from "../backend/storage/bucketAccess";
import type { Deleted } from "../backend/storage/objectDeletions";
import type { ObjectInfo, PutOptions } from "../backend/storage/objects";
import { cannedAclIn } from "./aclXml";
import type { Target } from "./addressing";
import { type Answer, xmlAnswer } from "./answer";
import type { Body } from "./body";
import { S3Error } from "./errors";
import { notServed, overridable } from "./served";
import { elements, parseXml, textAt, toXml } from "./xml";

/** A request for an object. */
export interface ObjectRequest {
  readonly cloud: Cloud;
  readonly by: Requester;
  readonly method: string;
  readonly target: Target;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

/** Headers that are stored with an object and returned unchanged. */
const keptHeaders = /^(x-amz-meta-.+|cache-control|content-disposition|content-language|expires)$/;

/** Answers GET, HEAD, PUT and DELETE of an object. PUT can also copy another object. */
export function handleObject(request: ObjectRequest): Answer {
  const { cloud, by, method, target, headers, body } = request;
  const { bucket, key, query } = target;
  const versionId = query.get("versionId") ?? undefined;
  if (method === "PUT") {
    requireUnchanged(request);
    if (headers["x-amz-copy-source"]) return copy(request);
    const info = cloud.objects.put(by, bucket, key, body.contents, contentTypeOf(headers), {
      ...optionsOf(headers),
      hasContentMd5: body.hasContentMd5,
    });
    return { headers: { etag: `"${info.etag}"`, ...versionHeader(info), ...encryptionHeaders(info) } };
  }
  if (method === "DELETE")
    return { status: 204, headers: deletedHeaders(cloud.objectDeletions.delete(by, bucket, key, versionId)) };
  const info = cloud.objects.head(by, bucket, key, versionId);
  const unmet = unmetCondition(info, headers);
  if (unmet) return { status: unmet };
  const shown = { ...headersOf(info), ...overridden(query) };
  if (method === "HEAD") return { headers: { ...shown, "content-length": String(info.size) } };
  const contents = cloud.objects.get(by, bucket, key, versionId).body;
  return ranged(contents, headers.range, shown);
}

/** Returns an error that names the missing bucket, object or version. */
export function missingObject(error: unknown, cloud: Cloud, { bucket, query }: Target): unknown {
  const isMissing = error instanceof CloudError && error.code === "NOT_FOUND" && cloud.buckets.find(bucket);
  if (!isMissing) return error;
  if (query.has("uploadId")) return new S3Error(404, "NoSuchUpload");
  return new S3Error(404, query.has("versionId") ? "NoSuchVersion" : "NoSuchKey");
}

/** Answers POST ?delete. It deletes each key separately, so a refused one does not stop the others. */
export function deleteObjects({ cloud, by, target, body }: ObjectRequest): Answer {
  const document = parseXml(body.contents.toString(), "Delete");
  const objects = elements(document, "Delete", "Object");
  if (objects.length === 0 || objects.length > 1000) throw new S3Error(400, "MalformedXML");
  const isQuiet = textAt(document, "Delete", "Quiet") === "true";
  const Deleted: object[] = [];
  const ErrorElement: object[] = [];
  for (const object of objects) {
    const Key = textAt(object, "Key") ?? "";
    const VersionId = textAt(object, "VersionId");
    try {
      const { versionId, isDeleteMarker } = cloud.objectDeletions.delete(by, target.bucket, Key, VersionId);
      const marker = isDeleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: versionId };
      if (!isQuiet) Deleted.push({ Key, VersionId, ...marker });
    } catch (error) {
      if (!(error instanceof CloudError) || error.code === "NOT_FOUND") throw error;
      ErrorElement.push({ Key, VersionId, Code: "AccessDenied", Message: error.message });
    }
  }
  return xmlAnswer(toXml("DeleteResult", { Deleted, Error: ErrorElement }));
}

/** Returns the source object of a copy. @throws {S3Error} InvalidArgument for an invalid source. */
export function copySource({ cloud, by, headers }: ObjectRequest): { info: ObjectInfo; body: Buffer } {
  const source = decodeURIComponent(String(headers["x-amz-copy-source"])).replace(/^\//, "");
  const [path = "", versionId] = source.split("?versionId=");
  const slash = path.indexOf("/");
  if (slash < 1) throw new S3Error(400, "InvalidArgument");
  return cloud.objects.get(by, path.slice(0, slash), path.slice(slash + 1), versionId);
}

function copy(request: ObjectRequest): Answer {
  const { cloud, by, target, headers } = request;
  const { info, body } = copySource(request);
  const { metadata, tags, contentType } = info;
  const copied = cloud.objects.put(by, target.bucket, target.key, body, contentType, {
    ...optionsOf(headers),
    metadata,
    tags,
    hasContentMd5: true,
  });
  const result = { LastModified: copied.lastModified, ETag: `"${copied.etag}"` };
  const { headers: xmlHeaders, body: xml } = xmlAnswer(toXml("CopyObjectResult", result));
  return { headers: { ...xmlHeaders, ...versionHeader(copied), ...encryptionHeaders(copied) }, body: xml };
}

/** Reads the options of an upload from its headers. */
export function optionsOf(headers: IncomingHttpHeaders): PutOptions {
  const metadata = Object.entries(headers).filter(([name]) => keptHeaders.test(name));
  // The chunks of AWS clients are decoded. They are not an encoding of the object.
  const encodings = (headers["content-encoding"] ?? "").split(/,\s*/);
  const encoding = encodings.filter((one) => one && one !== "aws-chunked").join(", ");
  const mode = headers["x-amz-object-lock-mode"];
  const until = new Date(String(headers["x-amz-object-lock-retain-until-date"]));
  const hold = headers["x-amz-object-lock-legal-hold"];
  if (
    mode !== undefined &&
    ((mode !== "GOVERNANCE" && mode !== "COMPLIANCE") || Number.isNaN(until.getTime()))
  )
    throw new S3Error(400, "InvalidArgument", "A lock needs a mode and an end time");
  const tags = new URLSearchParams(String(headers["x-amz-tagging"] ?? ""));
  return {
    metadata: {
      ...Object.fromEntries(metadata.map(([name, value]) => [name, String(value)])),
      ...(encoding && { "content-encoding": encoding }),
    },
    tags: Object.fromEntries(tags),
    storageClass: headers["x-amz-storage-class"]?.toString(),
    acl: cannedAclIn(headers),
    ...(mode !== undefined && { retention: { mode: mode as "GOVERNANCE", until: until.toISOString() } }),
    ...(hold !== undefined && { legalHold: hold === "ON" }),
  };
}

export const contentTypeOf = (headers: IncomingHttpHeaders): string =>
  headers["content-type"] ?? "application/octet-stream";

function headersOf(info: ObjectInfo): Record<string, string> {
  const { retention, legalHold, tags, storageClass } = info;
  const count = Object.keys(tags).length;
  return {
    ...info.metadata,
    "content-type": info.contentType,
    etag: `"${info.etag}"`,
    "last-modified": new Date(info.lastModified).toUTCString(),
    "accept-ranges": "bytes",
    ...(storageClass !== "STANDARD" && { "x-amz-storage-class": storageClass }),
    ...(count > 0 && { "x-amz-tagging-count": String(count) }),
    ...(retention && {
      "x-amz-object-lock-mode": retention.mode,
      "x-amz-object-lock-retain-until-date": retention.until,
    }),
    ...(legalHold !== undefined && { "x-amz-object-lock-legal-hold": legalHold ? "ON" : "OFF" }),
    ...versionHeader(info),
    ...encryptionHeaders(info),
  };
}

export const versionHeader = ({ versionId }: ObjectInfo): Record<string, string> =>
  versionId === "null" ? {} : { "x-amz-version-id": versionId };

const encryptionHeaders = ({ kmsKeyId }: ObjectInfo): Record<string, string> =>
  kmsKeyId
    ? {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId,
      }
    : {};

const deletedHeaders = ({ versionId, isDeleteMarker }: Deleted): Record<string, string> => ({
  ...(versionId !== undefined && { "x-amz-version-id": versionId }),
  ...(isDeleteMarker && { "x-amz-delete-marker": "true" }),
});

const overridden = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries(
    overridable.flatMap((name) => {
      const value = query.get(`response-${name}`);
      return value === null ? [] : [[name, value]];
    }),
  );

/** Checks the conditions of a request. @returns the status for a failed one: https://www.rfc-editor.org/rfc/rfc9110#section-13 */
function unmetCondition(
  { etag, lastModified }: ObjectInfo,
  headers: IncomingHttpHeaders,
): number | undefined {
  const names = (value: string) => value === "*" || value.replaceAll('"', "").split(/,\s*/).includes(etag);
  const modified = Math.floor(Date.parse(lastModified) / 1000) * 1000;
  const since = Date.parse(String(headers["if-modified-since"]));
  const unmodifiedSince = Date.parse(String(headers["if-unmodified-since"]));
  if (headers["if-match"] !== undefined ? !names(headers["if-match"]) : modified > unmodifiedSince)
    return 412;
  if (headers["if-none-match"] !== undefined ? names(headers["if-none-match"]) : modified <= since)
    return 304;
  return undefined;
}

/** Checks the condition of a PUT: `If-None-Match: *` only creates new objects. @throws {S3Error} NotImplemented for other conditions. */
function requireUnchanged({ cloud, by, target, headers }: ObjectRequest): void {
  if (headers["if-none-match"] === undefined) return;
  if (headers["if-none-match"] !== "*") throw notServed("If-None-Match with anything but *");
  const isThere = cloud.objects.list(by, target.bucket, target.key).some(({ key }) => key === target.key);
  if (isThere) throw new S3Error(412, "PreconditionFailed");
}

function ranged(contents: Buffer, range: string | undefined, headers: Record<string, string>): Answer {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === undefined || to === undefined || (!from && !to)) return { headers, body: contents };
  const start = from ? Number(from) : Math.max(contents.length - Number(to), 0);
  const end = from && to ? Math.min(Number(to), contents.length - 1) : contents.length - 1;
  if (start >= contents.length || end < start) throw new S3Error(416, "InvalidRange");
  const part = contents.subarray(start, end + 1);
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${start}-${end}/${contents.length}` },
    body: part,
  };
}
