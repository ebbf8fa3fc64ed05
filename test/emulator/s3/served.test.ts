import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../../emulator";
import { Api, bucketRequest } from "../../support/api";
import { s3Client } from "../../support/s3Client";

const bucket = "logs";
const key = "object";
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket));
  emulator.cloud.objects.put(emulator.cloud.deployer, bucket, key, Buffer.from("before"), "text/plain");
});
afterAll(() => emulator.close());

const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
  fetch(emulator.storageProxy + path, {
    method,
    headers: { "X-YaCloud-SubjectToken": emulator.issueToken(), ...headers },
    body: method === "GET" || method === "HEAD" ? undefined : body,
  });

/** All that Object Storage keeps. */
function contents() {
  const { buckets, objects, uploads, uploadParts, resources } = emulator.cloud.store.export().tables;
  return JSON.stringify({ buckets, objects, uploads, uploadParts, resources });
}

const bucketPath = `/${bucket}`;
const objectPath = `/${bucket}/${key}`;

type Request = readonly [method: string, path: string, headers?: Record<string, string>, body?: string];

/** Requests of S3 that are not served, and such as nobody has thought of. */
const refused: readonly Request[] = [
  // Object Storage's and S3's other sub-resources.
  ...[
    "encryption",
    "torrent",
    "restore",
    "select&select-type=2",
    "attributes",
    "renameObject",
    "annotation",
  ].flatMap((query) =>
    ["GET", "PUT", "POST", "DELETE"].map((method): Request => [method, `${objectPath}?${query}`]),
  ),
  ...[
    "accelerate",
    "accessBindings",
    "analytics&id=a",
    "intelligent-tiering&id=a",
    "inventory&id=a",
    "metadataTable",
    "metrics&id=a",
    "notification",
    "ownershipControls",
    "policyStatus",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "session",
    "unheard-of",
  ].flatMap((query) =>
    ["GET", "PUT", "POST", "DELETE"].map((method): Request => [method, `${bucketPath}?${query}`]),
  ),
  // Known ones that are not served with the method, or with each other.
  ["POST", bucketPath],
  ["PATCH", objectPath],
  ["PUT", "/"],
  ["DELETE", "/"],
  ["POST", objectPath],
  ["OPTIONS", objectPath],
  ["DELETE", `${bucketPath}?versioning`],
  ["DELETE", `${bucketPath}?acl`],
  ["DELETE", `${bucketPath}?logging`],
  ["DELETE", `${bucketPath}?object-lock`],
  ["DELETE", `${bucketPath}?delete`],
  ["DELETE", `${bucketPath}?versions`],
  ["DELETE", `${bucketPath}?location`],
  ["DELETE", `${objectPath}?retention`],
  ["DELETE", `${objectPath}?legal-hold`],
  ["DELETE", `${objectPath}?acl`],
  ["POST", `${objectPath}?tagging`],
  ["PUT", `${objectPath}?acl&tagging`],
  ["PUT", `${bucketPath}?acl&policy`],
  ["DELETE", `${bucketPath}?policy&tagging`],
  ["DELETE", `${objectPath}?uploads`],
  ["DELETE", `${objectPath}?tagging`],
  ["GET", `${objectPath}?legal-hold`],
  ["GET", `${bucketPath}?location`],
  // The first version of the listing.
  ["GET", bucketPath],
  ["GET", `${bucketPath}?marker=a`],
  ["GET", `${bucketPath}?list-type=1`],
  ["DELETE", `${objectPath}?partNumber=1`],
  ["PUT", `${objectPath}?partNumber=1`],
  ["PUT", `${objectPath}?versionId=null`],
  ["GET", `${objectPath}?partNumber=1`],
  ["GET", `${objectPath}?versionId=a&versionId=b`],
  ["PUT", `${objectPath}?append`],
  ["PUT", `${objectPath}?unheard-of=1`],
  ["DELETE", `${objectPath}?unheard-of`],
  ["DELETE", `${bucketPath}?force`],
  ["GET", `/?max-buckets=1`],
  // Headers that would change what is done.
  ["PUT", objectPath, { "if-match": '"0"' }],
  ["PUT", objectPath, { "if-none-match": '"0"' }],
  ["PUT", objectPath, { "if-unmodified-since": "Mon, 01 Jan 2024 00:00:00 GMT" }],
  ["PUT", objectPath, { "content-range": "bytes 0-0/6" }],
  ["PUT", objectPath, { "x-amz-server-side-encryption": "aws:kms" }],
  ["PUT", objectPath, { "x-amz-server-side-encryption-customer-algorithm": "AES256" }],
  ["PUT", objectPath, { "x-amz-grant-read": "id=somebody" }],
  ["PUT", objectPath, { "x-amz-website-redirect-location": "/other" }],
  ["PUT", objectPath, { "x-amz-write-offset-bytes": "6" }],
  ["PUT", objectPath, { "x-amz-expected-bucket-owner": "somebody" }],
  ["PUT", objectPath, { "x-amz-bypass-governance-retention": "true" }],
  ["PUT", objectPath, { "x-amz-copy-source": objectPath, "x-amz-metadata-directive": "REPLACE" }],
  ["PUT", objectPath, { "x-amz-copy-source": objectPath, "x-amz-tagging-directive": "REPLACE" }],
  ["PUT", "/another", { "x-amz-bucket-object-lock-enabled": "true" }],
  ["POST", `${bucketPath}?delete`, { "x-amz-bypass-governance-retention": "true" }],
  ["PUT", objectPath, { "x-amz-unheard-of": "1" }],
  ["PUT", objectPath, { "x-amz-copy-source": `${bucket}/${key}`, "x-amz-copy-source-if-match": '"0"' }],
  ["PUT", `${objectPath}?uploadId=a&partNumber=1`, { "x-amz-copy-source-if-match": '"0"' }],
  ["PUT", `${objectPath}?uploadId=a&partNumber=1`, { "x-amz-storage-class": "COLD" }],
  ["DELETE", objectPath, { "if-match": '"0"' }],
  ["DELETE", objectPath, { "x-amz-if-match-size": "0" }],
  ["DELETE", objectPath, { "x-amz-mfa": "serial code" }],
  ["DELETE", bucketPath, { "x-amz-expected-bucket-owner": "somebody" }],
  ["PUT", `${bucketPath}?acl`, { "x-amz-grant-full-control": "id=somebody" }],
  ["PUT", "/another", { "x-amz-object-ownership": "BucketOwnerEnforced" }],
  ["PUT", "/another", { "x-amz-grant-read": "id=somebody" }],
  // Documents with elements that nothing reads.
  ["PUT", "/another", {}, "<CreateBucketConfiguration><Tags><Tag/></Tags></CreateBucketConfiguration>"],
  [
    "PUT",
    `${bucketPath}?versioning`,
    {},
    "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>",
  ],
  [
    "PUT",
    `${bucketPath}?lifecycle`,
    {},
    "<LifecycleConfiguration><Rule><Status>Enabled</Status><NoncurrentDeleteMarkers/></Rule></LifecycleConfiguration>",
  ],
  [
    "PUT",
    `${bucketPath}?logging`,
    {},
    "<BucketLoggingStatus><LoggingEnabled><TargetBucket>a</TargetBucket><TargetGrants/></LoggingEnabled></BucketLoggingStatus>",
  ],
  ["POST", `${bucketPath}?delete`, {}, `<Delete><Object><Key>${key}</Key><ETag>"0"</ETag></Object></Delete>`],
  // Policies that would forbid less than they say.
  ...[
    { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", Condition: { Null: { "s3:x": "1" } } },
    { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", Condition: { Bool: { "s3:x": "1" } } },
    { ...{ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" }, Condition: { StringLike: {} } },
    { Effect: "Deny", Principal: { Federated: "*" }, Action: "s3:*", Resource: "*" },
    { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", Unheard: 1 },
  ].map((Statement): Request => ["PUT", `${bucketPath}?policy`, {}, JSON.stringify({ Statement })]),
];

test.each(
  refused.map(
    ([method, path, ...others]) =>
      [`${method} ${path} ${JSON.stringify(others)}`, { method, path, others }] as const,
  ),
)(
  "%s is refused with 501 and changes nothing",
  async (_, { method, path, others: [headers, body = "after"] }) => {
    const before = contents();
    const answer = await send(method, path, headers, body);
    expect([answer.status, await answer.text()]).toEqual([501, expect.stringContaining("NotImplemented")]);
    expect(contents()).toBe(before);
  },
);

test("a refusal names what is not served", async () => {
  const answer = await send("PUT", `${objectPath}?encryption`, {}, "after");
  expect(await answer.text()).toContain("The parameter encryption in PUT of the object is not supported");
});

/** Headers and parameters that clients send by default. */
test.each([
  ["PUT", `${objectPath}?x-id=PutObject`, { "x-amz-sdk-checksum-algorithm": "CRC32" }, 200],
  ["PUT", objectPath, { "x-amz-date": "20240101T000000Z", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }, 200],
  ["PUT", objectPath, { "x-amz-user-agent": "aws-sdk", "amz-sdk-invocation-id": "1", expect: "" }, 200],
  ["PUT", objectPath, { "x-amz-meta-mtime": "1", "content-encoding": "gzip", "if-none-match": "*" }, 412],
  // The AWS SDK for C++.
  ["GET", objectPath, { "x-amz-api-version": "2006-03-01" }, 200],
  ["GET", `${objectPath}?x-id=GetObject`, { "x-amz-checksum-mode": "ENABLED" }, 200],
  ["GET", `${bucketPath}?list-type=2&fetch-owner=true&encoding-type=url&prefix=o&delimiter=%2F`, {}, 200],
  ["POST", `${objectPath}?uploads`, { "x-amz-checksum-algorithm": "CRC64NVME" }, 200],
  ["GET", `${objectPath}?response-content-type=text%2Fhtml&response-content-encoding=gzip`, {}, 200],
  ["HEAD", bucketPath, {}, 200],
  ["GET", "/?x-id=ListBuckets", {}, 200],
])("%s %s with %j is served", async (method, path, headers, status) => {
  const { expect: _, ...sent } = headers as Record<string, string>;
  expect((await send(method, path, sent, "after")).status).toBe(status);
});

test("a part of an upload can be a copy of a part of another object", async () => {
  const client = await s3Client(emulator, undefined, "copier");
  const put = { Bucket: bucket, Key: "source", Body: "0123456789" };
  await client.send(new PutObjectCommand(put));
  const object = { Bucket: bucket, Key: "assembled" };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const copy = (PartNumber: number, CopySourceRange: string) => ({
    ...{ ...object, UploadId, PartNumber, CopySourceRange },
    CopySource: `${bucket}/source`,
  });
  const parts = [copy(1, "bytes=5-9"), copy(2, "bytes=0-4")];
  const Parts = [];
  for (const part of parts) {
    const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part));
    Parts.push({ PartNumber: part.PartNumber, ETag: CopyPartResult?.ETag });
  }
  await client.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  const { Body } = await client.send(new GetObjectCommand(object));
  expect(await Body?.transformToString()).toBe("5678901234");
  const beyond = new UploadPartCopyCommand(copy(3, "bytes=5-10"));
  await expect(client.send(beyond)).rejects.toThrow();
});

test("unfinished uploads are listed page by page, also those of one key, and up to a delimiter", async () => {
  const client = await s3Client(emulator, undefined, "lister");
  const names = ["many/a", "many/a", "many/a", "many/b", "many/c/d"];
  for (const Key of names) await client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
  const pages = paginateUploads(client);
  const seen = [];
  for await (const { Uploads = [] } of pages) seen.push(...Uploads);
  expect(seen.map(({ Key }) => Key)).toEqual(names);
  expect(new Set(seen.map(({ UploadId }) => UploadId)).size).toBe(names.length);
  const prefixed = { Bucket: bucket, Prefix: "many/", Delimiter: "/" };
  const { Uploads, CommonPrefixes } = await client.send(new ListMultipartUploadsCommand(prefixed));
  expect([Uploads?.length, CommonPrefixes]).toEqual([4, [{ Prefix: "many/c/" }]]);
});

/** One at a time, as clients go from page to page. */
async function* paginateUploads(client: Awaited<ReturnType<typeof s3Client>>) {
  const first = { Bucket: bucket, Prefix: "many/", MaxUploads: 1 };
  let page = await client.send(new ListMultipartUploadsCommand(first));
  yield page;
  while (page.IsTruncated) {
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    page = await client.send(new ListMultipartUploadsCommand({ ...first, KeyMarker, UploadIdMarker }));
    yield page;
  }
}

test("the official client works, and an object keeps its encoding", async () => {
  const client = await s3Client(emulator);
  const object = { Bucket: bucket, Key: "encoded" };
  await client.send(new PutObjectCommand({ ...object, Body: "x", ContentEncoding: "gzip" }));
  expect(await client.send(new GetObjectCommand(object))).toMatchObject({ ContentEncoding: "gzip" });
  expect((await client.send(new ListBucketsCommand())).Buckets).toHaveLength(1);
});
