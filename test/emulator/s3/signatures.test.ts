import { createHash } from "node:crypto";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../../emulator";
import { Api } from "../../support/api";
import { byDeployer } from "../../support/localStack";
import { codeOf, createAccessKey, presigned, s3Client } from "../../support/s3Client";

const Bucket = "logs";
const clientWith = (emulator: Emulator, credentials: { accessKeyId: string; secretAccessKey: string }) =>
  new S3Client({
    endpoint: emulator.storageProxy,
    region: "ru-central1",
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
  });

test("a static key signs as its account, with that account's roles and no others", async () => {
  await using emulator = await startEmulator();
  const admin = await s3Client(emulator);
  await admin.send(new CreateBucketCommand({ Bucket }));
  const viewer = await s3Client(emulator, ["storage.viewer"], "viewer");
  await admin.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
  const got = await viewer.send(new GetObjectCommand({ Bucket, Key: "a" }));
  expect(await got.Body?.transformToString()).toBe("x");
  expect(await codeOf(viewer.send(new PutObjectCommand({ Bucket, Key: "b", Body: "x" })))).toBe(
    "AccessDenied",
  );
});

test("another secret, an unknown key and the key of a deleted account are refused", async () => {
  await using emulator = await startEmulator();
  const key = await createAccessKey(emulator);
  const create = (credentials: typeof key) =>
    clientWith(emulator, credentials).send(new CreateBucketCommand({ Bucket }));
  expect(await codeOf(create({ ...key, secretAccessKey: "other" }))).toBe("SignatureDoesNotMatch");
  expect(await codeOf(create({ ...key, accessKeyId: "other" }))).toBe("InvalidAccessKeyId");
  using api = new Api(emulator);
  await api.call("serviceAccounts", "delete", { serviceAccountId: key.accountId });
  expect(await codeOf(create(key))).toBe("InvalidAccessKeyId");
});

test("a signature is good for 15 minutes of the cloud's clock", async () => {
  await using emulator = await startEmulator();
  const s3 = await s3Client(emulator);
  emulator.cloud.clock.advance({ minutes: 16 });
  expect(await codeOf(s3.send(new CreateBucketCommand({ Bucket })))).toBe("RequestTimeTooSkewed");
});

test("a body other than the signed one is refused, and so is one with a wrong sum", async () => {
  await using emulator = await startEmulator();
  const s3 = await s3Client(emulator);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const put = async (headers: Record<string, string>) => {
    const response = await fetch(`${emulator.storageProxy}/${Bucket}/a`, {
      method: "PUT",
      body: "x",
      headers: { "X-YaCloud-SubjectToken": emulator.issueToken(), ...headers },
    });
    return /<Code>(\w+)/.exec(await response.text())?.[1] ?? response.status;
  };
  expect(await put({ "content-md5": createHash("md5").update("y").digest("base64") })).toBe("BadDigest");
  expect(await put({ "x-amz-checksum-crc32": "AAAAAA==" })).toBe("BadDigest");
  expect(await put({ "x-amz-checksum-sha256": "AAAA" })).toBe("BadDigest");
  expect(await put({ "x-amz-content-sha256": "0".repeat(64) })).toBe("XAmzContentSHA256Mismatch");
  expect(await put({ "content-md5": createHash("md5").update("x").digest("base64") })).toBe(200);
});

test.each(["CRC32", "SHA256", "SHA1", "CRC32C"] as const)(
  "the chunked bodies of current clients are decoded, with their %s sum at the end",
  async (ChecksumAlgorithm) => {
    await using emulator = await startEmulator();
    const s3 = await s3Client(emulator);
    await s3.send(new CreateBucketCommand({ Bucket }));
    const { Readable } = await import("node:stream");
    const Body = Readable.from([Buffer.from("one "), Buffer.from("two")]);
    await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body, ContentLength: 7, ChecksumAlgorithm }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a" }));
    expect(await got.Body?.transformToString()).toBe("one two");
  },
);

test("a signed address works for everybody who has it, until it expires", async () => {
  await using emulator = await startEmulator();
  const key = await createAccessKey(emulator);
  const s3 = clientWith(emulator, key);
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "a b", Body: "x" }));
  const address = await presigned(emulator, key, `/${Bucket}/a%20b`);
  const response = await fetch(address);
  expect([response.status, await response.text()]).toEqual([200, "x"]);
  expect((await fetch(address.replace("a%20b", "a%20c"))).status).toBe(403);
  emulator.cloud.clock.advance({ minutes: 2 });
  expect((await fetch(address)).status).toBe(403);
});

test("a bucket can refuse static keys, and still takes tokens", async () => {
  await using emulator = await startEmulator();
  const s3 = await s3Client(emulator);
  await s3.send(new CreateBucketCommand({ Bucket }));
  const { cloud } = emulator;
  cloud.buckets.update(byDeployer(emulator), Bucket, { disabledStatickeyAuth: true });
  expect(await codeOf(s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" })))).toBe("AccessDenied");
  const headers = { "X-YaCloud-SubjectToken": emulator.issueToken() };
  const response = await fetch(`${emulator.storageProxy}/${Bucket}/a`, { method: "PUT", body: "x", headers });
  expect(response.status).toBe(200);
});
