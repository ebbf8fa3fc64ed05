import type { Cloud } from "../backend/cloud";
import type { Requester } from "../backend/storage/bucketAccess";
import type { ObjectInfo } from "../backend/storage/objects";
import type { Target } from "./addressing";
import { S3Error } from "./errors";
import { notServed } from "./served";
import { toXml } from "./xml";

const longestPage = 1000;

/** One page of a listing: items, and common prefixes, each of which groups further items. */
interface Page<T> {
  readonly items: readonly T[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  /** Last key or prefix on the page. */
  readonly last?: string;
}

function pageOf<T extends { readonly key: string }>(
  all: readonly T[],
  { prefix, delimiter, maxKeys }: { prefix: string; delimiter: string; maxKeys: number },
  isAfter: (entry: string, item: T) => boolean,
): Page<T> {
  const items: T[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const item of all) {
    const end = delimiter ? item.key.indexOf(delimiter, prefix.length) : -1;
    const common = end < 0 ? undefined : item.key.slice(0, end + delimiter.length);
    if (!isAfter(common ?? item.key, item) || (common !== undefined && common === prefixes.at(-1))) continue;
    if (items.length + prefixes.length === maxKeys) return { items, prefixes, isTruncated: true, last };
    if (common === undefined) items.push(item);
    else prefixes.push(common);
    last = common ?? item.key;
  }
  return { items, prefixes, isTruncated: false, last };
}

function parametersOf({ query }: Target) {
  const given = query.get("max-keys") ?? query.get("max-uploads") ?? String(longestPage);
  if (!/^\d+$/.test(given)) throw new S3Error(400, "InvalidArgument");
  const encoding = query.get("encoding-type");
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    maxKeys: Math.min(Number(given), longestPage),
    encode:
      encoding === "url"
        ? (text = "") => encodeURIComponent(text).replaceAll("%2F", "/")
        : (text = "") => text,
    encoded: encoding === "url" && { EncodingType: "url" },
  };
}

const describe = ({ lastModified, etag, size, storageClass }: ObjectInfo) => ({
  LastModified: lastModified,
  ETag: `"${etag}"`,
  Size: size,
  StorageClass: storageClass,
});

/** Answers ListObjectsV2. */
export function listObjects(cloud: Cloud, by: Requester, target: Target): string {
  const { query, bucket } = target;
  const { encode, encoded, ...parameters } = parametersOf(target);
  if (query.get("list-type") !== "2") throw notServed("A listing other than ListObjectsV2");
  const continuationToken = query.get("continuation-token") ?? undefined;
  const startAfter = query.get("start-after") ?? undefined;
  const after = continuationToken ?? startAfter ?? "";
  const all = cloud.objects.list(by, bucket, parameters.prefix);
  const { items, prefixes, isTruncated, last } = pageOf(all, parameters, (entry) => entry > after);
  const { folderId } = cloud.buckets.require(bucket);
  const isOwnerAsked = query.get("fetch-owner") === "true";
  const owner = isOwnerAsked && { Owner: { ID: folderId, DisplayName: folderId } };
  return toXml("ListBucketResult", {
    Name: bucket,
    Prefix: encode(parameters.prefix),
    Delimiter: parameters.delimiter || undefined,
    ...encoded,
    KeyCount: items.length + prefixes.length,
    ContinuationToken: continuationToken,
    StartAfter: startAfter,
    NextContinuationToken: isTruncated ? last : undefined,
    MaxKeys: parameters.maxKeys,
    IsTruncated: isTruncated,
    Contents: items.map((item) => ({ Key: encode(item.key), ...describe(item), ...owner })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** Answers ListObjectVersions. */
export function listVersions(cloud: Cloud, by: Requester, target: Target): string {
  const { query, bucket } = target;
  const { encode, encoded, ...parameters } = parametersOf(target);
  const keyMarker = query.get("key-marker") ?? "";
  const versionMarker = query.get("version-id-marker");
  const all = cloud.objects.listVersions(by, bucket, parameters.prefix);
  // With a version marker, the page continues after that version of the key.
  const seen = versionMarker
    ? all.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionMarker)
    : -1;
  const rest = seen < 0 ? all : all.slice(seen + 1);
  const { items, prefixes, isTruncated } = pageOf(
    rest,
    parameters,
    (entry) => seen >= 0 || entry > keyMarker,
  );
  const last = items.at(-1);
  const asXml = (item: (typeof items)[number]) => ({
    Key: encode(item.key),
    VersionId: item.versionId,
    IsLatest: item.isLatest,
    ...(item.isDeleteMarker ? { LastModified: item.lastModified } : describe(item)),
  });
  return toXml("ListVersionsResult", {
    Name: bucket,
    Prefix: encode(parameters.prefix),
    ...encoded,
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionMarker ?? "",
    ...(isTruncated && last && { NextKeyMarker: encode(last.key), NextVersionIdMarker: last.versionId }),
    MaxKeys: parameters.maxKeys,
    IsTruncated: isTruncated,
    Version: items.filter(({ isDeleteMarker }) => !isDeleteMarker).map(asXml),
    DeleteMarker: items.filter(({ isDeleteMarker }) => isDeleteMarker).map(asXml),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** Answers ListMultipartUploads. */
export function listUploads(cloud: Cloud, by: Requester, target: Target): string {
  const { encode, encoded, ...parameters } = parametersOf(target);
  const after = target.query.get("key-marker") ?? "";
  const idMarker = target.query.get("upload-id-marker");
  const all = cloud.uploads.list(by, target.bucket).filter(({ key }) => key.startsWith(parameters.prefix));
  // With an upload marker, the page continues after that upload of the key.
  const seen = idMarker ? all.findIndex(({ key, id }) => key === after && id === idMarker) : -1;
  const rest = seen < 0 ? all : all.slice(seen + 1);
  const { items, prefixes, isTruncated, last } = pageOf(
    rest,
    parameters,
    (entry) => seen >= 0 || entry > after,
  );
  const lastUpload = items.at(-1);
  return toXml("ListMultipartUploadsResult", {
    Bucket: target.bucket,
    ...encoded,
    ...(isTruncated && { NextKeyMarker: encode(last) }),
    ...(isTruncated && lastUpload?.key === last && { NextUploadIdMarker: lastUpload?.id }),
    IsTruncated: isTruncated,
    Upload: items.map(({ key, id, initiated }) => ({ Key: encode(key), UploadId: id, Initiated: initiated })),
    CommonPrefixes: prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** Lists the buckets of the folder that the caller may see. The local cloud serves S3 for one folder. */
export function listBuckets(cloud: Cloud, by: Requester): string {
  const visible = cloud.buckets
    .all()
    .filter(({ name }) => cloud.access.isAllowed(by, "storage.buckets.list", name));
  return toXml("ListAllMyBucketsResult", {
    Owner: { ID: by.id, DisplayName: by.id },
    Buckets: { Bucket: visible.map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt })) },
  });
}
