import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { startEmulator } from "../../../emulator";
import { s3 as request } from "../../support/api";
import { s3Client } from "../../support/s3Client";

const Bucket = "logs";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
test.each(["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const)(
  "an upload with the right %s is accepted, and one with another sum is refused",
  async (ChecksumAlgorithm) => {
    await using emulator = await startEmulator();
    const s3 = await s3Client(emulator);
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "log", ChecksumAlgorithm }));
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "a" }));
    expect(await got.Body?.transformToString()).toBe("log");

    const refused = await fetch(`${emulator.storageProxy}/${Bucket}/b`, {
      method: "PUT",
      body: "log",
      headers: {
        "X-YaCloud-SubjectToken": emulator.issueToken(),
        [`x-amz-checksum-${ChecksumAlgorithm.toLowerCase()}`]: "AAAAAA==",
      },
    });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("BadDigest")]);
    expect((await request(emulator, "HEAD", `/${Bucket}/b`)).status).toBe(404);
  },
);
