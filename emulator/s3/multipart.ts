import { type Answer, xmlAnswer } from "./answer";
import { S3Error } from "./errors";
import { contentTypeOf, copySource, type ObjectRequest, optionsOf, versionHeader } from "./objectRequests";
import { elements, parseXml, textAt, toXml } from "./xml";

/** Answers requests of multipart uploads: `?uploads` begins one, `?uploadId` continues it. */
export function handleUpload(request: ObjectRequest): Answer {
  const { cloud, by, method, target, headers, body } = request;
  const { bucket: Bucket, key: Key, query } = target;
  const uploadId = query.get("uploadId") ?? "";
  if (method === "POST" && query.has("uploads")) {
    const { id } = cloud.uploads.begin(by, Bucket, Key, contentTypeOf(headers), optionsOf(headers));
    return xmlAnswer(toXml("InitiateMultipartUploadResult", { Bucket, Key, UploadId: id }));
  }
  if (method === "PUT") {
    const isCopy = headers["x-amz-copy-source"] !== undefined;
    const contents = isCopy ? copiedRange(request) : body.contents;
    const { etag, lastModified } = cloud.uploads.putPart(
      by,
      uploadId,
      Number(query.get("partNumber")),
      contents,
    );
    if (!isCopy) return { headers: { etag: `"${etag}"` } };
    return xmlAnswer(toXml("CopyPartResult", { LastModified: lastModified, ETag: `"${etag}"` }));
  }
  if (method === "POST") {
    const document = parseXml(body.contents.toString(), "CompleteMultipartUpload");
    const parts = elements(document, "CompleteMultipartUpload", "Part").map((part) => ({
      number: Number(textAt(part, "PartNumber")),
      etag: (textAt(part, "ETag") ?? "").replace(/"|&quot;/g, ""),
    }));
    const info = cloud.uploads.complete(by, uploadId, parts);
    const answer = xmlAnswer(toXml("CompleteMultipartUploadResult", { Bucket, Key, ETag: `"${info.etag}"` }));
    return { ...answer, headers: { ...answer.headers, ...versionHeader(info) } };
  }
  if (method === "DELETE") {
    cloud.uploads.abort(by, uploadId);
    return { status: 204 };
  }
  const parts = cloud.uploads.partsOf(by, uploadId).map(({ number, etag, size, lastModified }) => ({
    PartNumber: number,
    ETag: `"${etag}"`,
    Size: size,
    LastModified: lastModified,
  }));
  return xmlAnswer(
    toXml("ListPartsResult", { Bucket, Key, UploadId: uploadId, IsTruncated: false, Part: parts }),
  );
}

/** Returns the range of another object for a copied part. @throws {S3Error} InvalidRange */
function copiedRange(request: ObjectRequest): Buffer {
  const { body } = copySource(request);
  const range = request.headers["x-amz-copy-source-range"];
  if (range === undefined) return body;
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(String(range)) ?? [];
  if (from === undefined || Number(to) < Number(from) || Number(to) >= body.length)
    throw new S3Error(416, "InvalidRange");
  return body.subarray(Number(from), Number(to) + 1);
}
