import { type Answer, xmlAnswer } from "./answer";
import { contentTypeOf, type ObjectRequest, optionsOf, versionHeader } from "./objectRequests";
import { elements, parseXml, textAt, toXml } from "./xml";

/** Uploads in parts: `?uploads` begins one, `?uploadId` goes on with it. */
export function handleUpload({ cloud, by, method, target, headers, body }: ObjectRequest): Answer {
  const { bucket: Bucket, key: Key, query } = target;
  const uploadId = query.get("uploadId") ?? "";
  if (method === "POST" && query.has("uploads")) {
    const { id } = cloud.uploads.begin(by, Bucket, Key, contentTypeOf(headers), optionsOf(headers));
    return xmlAnswer(toXml("InitiateMultipartUploadResult", { Bucket, Key, UploadId: id }));
  }
  if (method === "PUT") {
    const part = cloud.uploads.putPart(by, uploadId, Number(query.get("partNumber")), body.contents);
    return { headers: { etag: `"${part.etag}"` } };
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
