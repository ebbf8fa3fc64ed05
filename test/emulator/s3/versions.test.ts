import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../../emulator";
import { codeOf, s3Client } from "../../support/s3Client";

const Bucket = "logs";

async function withBucket(
  ...statuses: ("Enabled" | "Suspended")[]
): Promise<{ emulator: Emulator; s3: S3Client }> {
  const emulator = await startEmulator();
  const s3 = await s3Client(emulator);
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Status of statuses) await version(s3, Status);
  return { emulator, s3 };
}

const version = (s3: S3Client, Status: "Enabled" | "Suspended") =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = (s3: S3Client, Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const read = async (s3: S3Client, Key: string, VersionId?: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();

/** https://yandex.cloud/en/docs/storage/concepts/versioning */
describe("versioning", () => {
  test("without it a write replaces an object, and a deletion removes it", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    await put(s3, "a", "1");
    await put(s3, "a", "2");
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions).toMatchObject([{ Key: "a", VersionId: "null", IsLatest: true, Size: 1 }]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toBeUndefined();
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  test("with it every version stays, a deletion puts a marker, and deleting the marker brings the object back", async () => {
    const { emulator, s3 } = await withBucket("Enabled");
    await using _emulator = emulator;
    const { VersionId: first } = await put(s3, "a", "1");
    const { VersionId: second } = await put(s3, "a", "2");
    expect(first).not.toBe(second);
    expect([await read(s3, "a"), await read(s3, "a", first)]).toEqual(["2", "1"]);
    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    expect(deleted.DeleteMarker).toBe(true);
    expect(await codeOf(read(s3, "a"))).toBe("NoSuchKey");
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
      [second, false],
      [first, false],
    ]);
    expect(DeleteMarkers).toMatchObject([{ VersionId: deleted.VersionId, IsLatest: true }]);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId: deleted.VersionId }));
    expect(await read(s3, "a")).toBe("2");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId: second }));
    expect(await read(s3, "a")).toBe("1");
  });

  test("suspended, new contents are the version null, and older ones stay", async () => {
    const { emulator, s3 } = await withBucket("Enabled");
    await using _emulator = emulator;
    const { VersionId: first } = await put(s3, "a", "1");
    await version(s3, "Suspended");
    await put(s3, "a", "2");
    await put(s3, "a", "3");
    const { Versions } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["null", first]);
    expect(await read(s3, "a", "null")).toBe("3");
  });

  test("a bucket with nothing but old versions or markers is not empty", async () => {
    const { emulator, s3 } = await withBucket("Enabled");
    await using _emulator = emulator;
    await put(s3, "a", "1");
    const { VersionId } = await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    expect(await codeOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe("BucketNotEmpty");
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
    for (const { Key, VersionId } of Versions)
      await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
    expect(await codeOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe("BucketNotEmpty");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  test("pages of versions have each version once, also within one key", async () => {
    const { emulator, s3 } = await withBucket("Enabled");
    await using _emulator = emulator;
    for (const key of ["a", "b", "b", "b", "c"]) await put(s3, key, "x");
    const seen: string[] = [];
    let position: { KeyMarker?: string; VersionIdMarker?: string } = {};
    for (;;) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 2, ...position }));
      seen.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
      if (!page.IsTruncated) break;
      position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }
    expect(seen.map((one) => one[0]).join("")).toBe("abbbc");
    expect(new Set(seen).size).toBe(5);
  });
});

test("a batch of deletions answers for each, and a refused one does not stop the others", async () => {
  const { emulator, s3 } = await withBucket();
  await using _emulator = emulator;
  for (const key of ["a", "b", "c"]) await put(s3, key, "x");
  const Objects = [{ Key: "a" }, { Key: "b" }];
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  expect([Deleted?.map(({ Key }) => Key), Errors]).toEqual([["a", "b"], undefined]);
  const viewer = await s3Client(emulator, ["storage.viewer"], "viewer");
  const refused = await viewer.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "c" }] } }),
  );
  expect(refused.Errors).toMatchObject([{ Key: "c", Code: "AccessDenied" }]);
  expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1);
});

describe("uploads in parts", () => {
  test("make one object of their parts, in the order of their numbers", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "a" }));
    const Parts: { PartNumber: number; ETag?: string }[] = [];
    for (const [PartNumber, Body] of [
      [2, "two"],
      [1, "one "],
    ] as const) {
      const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key: "a", UploadId, PartNumber, Body }));
      Parts.unshift({ PartNumber, ETag });
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key: "a", UploadId }));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 4],
      [2, 3],
    ]);
    const complete = (parts: typeof Parts) =>
      s3.send(
        new CompleteMultipartUploadCommand({ Bucket, Key: "a", UploadId, MultipartUpload: { Parts: parts } }),
      );
    expect(await codeOf(complete([...Parts].reverse()))).toBe("InvalidArgument");
    const { ETag } = await complete(Parts);
    expect(ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await read(s3, "a")).toBe("one two");
  });

  test("unfinished they keep the bucket from being deleted, and end when they are aborted", async () => {
    const { emulator, s3 } = await withBucket();
    await using _emulator = emulator;
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "a" }));
    await s3.send(new UploadPartCommand({ Bucket, Key: "a", UploadId, PartNumber: 1, Body: "x" }));
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket }));
    expect(Uploads).toMatchObject([{ Key: "a", UploadId }]);
    expect(await codeOf(s3.send(new DeleteBucketCommand({ Bucket })))).toBe("BucketNotEmpty");
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "a", UploadId }));
    expect(await codeOf(s3.send(new ListPartsCommand({ Bucket, Key: "a", UploadId })))).toBe("NoSuchUpload");
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });
});
