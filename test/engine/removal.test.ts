import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { bucketName, byDeployer, LocalStack } from "../support/localStack";
import { s3Client } from "../support/s3Client";

/** Fills the log bucket with what makes a bucket hard to empty. */
async function fill({ emulator }: LocalStack): Promise<void> {
  const { cloud } = emulator;
  for (let i = 0; i < 3; i += 1) cloud.clock.advance({ minutes: 5 });
  const Bucket = bucketName;
  const s3 = await s3Client(emulator, ["storage.admin", "kms.admin"]);
  for (const Body of ["1", "2"]) await s3.send(new PutObjectCommand({ Bucket, Key: "overwritten", Body }));
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "overwritten" }));
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "unfinished" }));
  await s3.send(new UploadPartCommand({ Bucket, Key: "unfinished", UploadId, PartNumber: 1, Body: "x" }));
}

const versions = ({ emulator: { cloud } }: LocalStack) =>
  cloud.objects.listVersions(cloud.deployer, bucketName);
const deleting = { protected: false, onRemoval: "deleteWithLogs" };

test("deleteWithLogs empties the bucket, old versions, markers and unfinished uploads too, then deletes it and the key", async () => {
  await using local = await LocalStack.start();
  await local.up(deleting);
  await fill(local);
  expect(versions(local).length).toBeGreaterThanOrEqual(4);
  const { output } = await (await local.open(deleting)).destroy({ args: ["--run-program"] });
  const { cloud } = local.emulator;
  expect(await local.resources()).toEqual([]);
  expect(cloud.buckets.all()).toEqual([]);
  expect(cloud.tree.all().filter(({ type }) => type === "kms.symmetricKey")).toEqual([]);
  expect(output).toContain(
    `versions of logs from bucket "${bucketName}", as onRemoval: deleteWithLogs asks for`,
  );
  expect(output).toContain("becomes unreadable after 72 hours");
});

test("one locked version keeps all of them, is named, and the stack goes on from there", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  await local.up(deleting);
  await fill(local);
  cloud.buckets.update(byDeployer(local.emulator), bucketName, {
    objectLock: { status: "OBJECT_LOCK_STATUS_ENABLED" },
  });
  const [log] = cloud.objects.list(cloud.deployer, bucketName);
  const until = new Date(cloud.clock.now().getTime() + 86_400_000).toISOString();
  const object = { bucket: bucketName, key: log?.key ?? "" };
  cloud.objectSettings.setRetention(cloud.deployer, object, { mode: "GOVERNANCE", until });
  const before = versions(local);

  const destroyed = (await local.open(deleting)).destroy({ args: ["--run-program"] });
  await expect(destroyed).rejects.toThrow(
    /Nothing was deleted: 1 of \d+ versions in bucket "audit-logs" are locked/,
  );
  expect(versions(local)).toEqual(before);
  await local.up({ protected: false });
  expect(cloud.trails.all()).toMatchObject([{ status: "ACTIVE" }]);
});

test("it stops at the first deletion that is refused, and the next destroy goes on", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  await local.up(deleting);
  await fill(local);
  const deletions = {
    method: "s3/DELETE",
    request: (target: unknown) => Boolean((target as { key?: string }).key),
  };
  cloud.faults.fail(deletions, "PERMISSION_DENIED", { times: 99 });
  await expect((await local.open(deleting)).destroy({ args: ["--run-program"] })).rejects.toThrow(
    "PERMISSION_DENIED",
  );
  cloud.faults.clear();
  expect(cloud.buckets.find(bucketName)).toBeDefined();
  await (await local.open(deleting)).destroy({ args: ["--run-program"] });
  expect(cloud.buckets.all()).toEqual([]);
});

test("without the program nothing of bucket and key is deleted, and the engine says what is needed", async () => {
  await using local = await LocalStack.start();
  await local.up(deleting);
  await fill(local);
  const before = versions(local);
  await expect((await local.open(deleting)).destroy()).rejects.toThrow("--run-program");
  expect(versions(local)).toEqual(before);
});

test.each(["deleteIfEmpty", "deleteWithLogs"])(
  "%s does not delete a key that leaves while its bucket is still there: its logs would be lost",
  async (onRemoval) => {
    await using local = await LocalStack.start();
    const { cloud } = local.emulator;
    const config = { protected: false, onRemoval };
    await local.up(config);
    cloud.clock.advance({ minutes: 5 });
    const [log] = cloud.objects.list(cloud.deployer, bucketName);
    const { output } = await local.failingUp({ ...config, encryption: { key: "none" } });
    expect(output).toContain(
      'The key "audit-trails-key" was not deleted: bucket "audit-logs" is still there',
    );
    expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);

    // What the message says to do.
    await local.up({ protected: false });
    await local.up({ protected: false, encryption: { key: "none" } });
    expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);
  },
);
