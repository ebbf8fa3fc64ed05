import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../../emulator";
import { codeOf, s3Client } from "../../support/s3Client";

const Bucket = "logs";

async function withBucket(): Promise<{ emulator: Emulator; s3: S3Client }> {
  const emulator = await startEmulator();
  const s3 = await s3Client(emulator);
  await s3.send(new CreateBucketCommand({ Bucket }));
  return { emulator, s3 };
}

test("an object is returned as it was put: contents, type, metadata, tags, storage class", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  const put = {
    Bucket,
    Key: "a/b c+ü.json",
    Body: "[1]",
    ContentType: "application/json",
    Metadata: { origin: "test" },
    Tagging: "team=security",
    StorageClass: "COLD" as never,
  };
  const { ETag } = await s3.send(new PutObjectCommand(put));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: put.Key }));
  expect(await got.Body?.transformToString()).toBe("[1]");
  expect(got).toMatchObject({
    ETag,
    ContentType: "application/json",
    ContentLength: 3,
    Metadata: { origin: "test" },
    StorageClass: "COLD",
    TagCount: 1,
  });
  await s3.send(
    new PutObjectTaggingCommand({ Bucket, Key: put.Key, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
  );
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: put.Key }));
  expect(TagSet).toEqual([{ Key: "a", Value: "b" }]);
  const { Buckets } = await s3.send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
});

test("a copy has the contents and the metadata of its source", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x", Metadata: { origin: "test" } }));
  await s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `${Bucket}/a` }));
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: "b" }));
  expect([await got.Body?.transformToString(), got.Metadata]).toEqual(["x", { origin: "test" }]);
});

/** https://www.rfc-editor.org/rfc/rfc9110#section-14 */
test.each([
  ["bytes=1-2", 206, "bc", "bytes 1-2/6"],
  ["bytes=4-", 206, "ef", "bytes 4-5/6"],
  ["bytes=-2", 206, "ef", "bytes 4-5/6"],
  ["bytes=2-100", 206, "cdef", "bytes 2-5/6"],
  ["items=1-2", 200, "abcdef", null],
])("range %s answers %d %s", async (range, status, text, contentRange) => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "abcdef" }));
  const headers = { range, "X-YaCloud-SubjectToken": emulator.issueToken() };
  const response = await fetch(`${emulator.storageProxy}/${Bucket}/a`, { headers });
  expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual([
    status,
    text,
    contentRange,
  ]);
});

test("a range behind the end answers 416", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "abc" }));
  expect(await codeOf(s3.send(new GetObjectCommand({ Bucket, Key: "a", Range: "bytes=3-" })))).toBe(
    "InvalidRange",
  );
});

test("conditions are kept: If-Match, If-None-Match, If-Modified-Since, and a PUT of what is new only", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
  const status = async (conditions: object) =>
    s3.send(new HeadObjectCommand({ Bucket, Key: "a", ...conditions })).then(
      () => 200,
      (error) => error.$metadata.httpStatusCode,
    );
  expect(await status({ IfMatch: ETag })).toBe(200);
  expect(await status({ IfMatch: '"other"' })).toBe(412);
  expect(await status({ IfNoneMatch: ETag })).toBe(304);
  expect(await status({ IfModifiedSince: new Date(Date.now() + 1000) })).toBe(304);
  expect(await status({ IfUnmodifiedSince: new Date(0) })).toBe(412);
  const again = new PutObjectCommand({ Bucket, Key: "a", Body: "y", IfNoneMatch: "*" });
  expect(await codeOf(s3.send(again))).toBe("PreconditionFailed");
});

test("listings have pages, prefixes and delimiters, and no key twice", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  const keys = ["a/1", "a/2", "b/1", "c", "d/1/x", "d/2", "e"];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
  const seen: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Delimiter: "/", MaxKeys: 2, ContinuationToken }),
    );
    expect(page.KeyCount).toBeLessThanOrEqual(2);
    seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix));
    seen.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  expect(seen.sort()).toEqual(["a/", "b/", "c", "d/", "e"]);
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "d/", StartAfter: "d/1/x" }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(["d/2"]);
});

test("keys with path tricks are ordinary keys, and invalid keys are refused", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  const token = emulator.issueToken();
  const headers = { "X-YaCloud-SubjectToken": token };
  for (const key of ["%2e%2e%2f%2e%2e%2fetc%2fpasswd", "a%2F%2Fb", "%25"])
    await fetch(`${emulator.storageProxy}/${Bucket}/${key}`, { method: "PUT", body: key, headers });
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(["%", "../../etc/passwd", "a//b"]);
  const tooLong = await fetch(`${emulator.storageProxy}/${Bucket}/${"k".repeat(1024)}`, {
    method: "PUT",
    body: "x",
    headers,
  });
  expect(tooLong.status).toBe(400);
});

test("deleting a missing object succeeds, and a missing object, version and bucket have different errors", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "nothing" }));
  expect(await codeOf(s3.send(new GetObjectCommand({ Bucket, Key: "nothing" })))).toBe("NoSuchKey");
  expect(await codeOf(s3.send(new GetObjectCommand({ Bucket, Key: "a", VersionId: "none" })))).toBe(
    "NoSuchVersion",
  );
  expect(await codeOf(s3.send(new GetObjectCommand({ Bucket: "other", Key: "a" })))).toBe("NoSuchBucket");
});

/** With one, the AWS CLI does not find the code: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
test("errors are documents without a namespace", async () => {
  await using emulator = await startEmulator();
  const headers = { "X-YaCloud-SubjectToken": emulator.issueToken() };
  const answer = await fetch(`${emulator.storageProxy}/none/key`, { headers });
  const text = await answer.text();
  expect(text).toMatch(/<Error><Code>NoSuchBucket<\/Code><Message>.+<\/Message><Resource>.+<\/Resource>/);
});
