import { join } from "node:path";
import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { environmentOf, runCommand } from "../support/commands";
import { bucketName, byDeployer, type LocalStack } from "../support/localStack";
import { s3Client } from "../support/s3Client";
import { configurations, standing } from "../support/standingStacks";

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
const deleting = configurations.deleteWithLogs;

test("a destroy reports what it leaves and the command that takes it back, no up makes a second key, and after the command up uses the same bucket and key", async () => {
  await using local = await standing("withLog");
  const { cloud } = local.emulator;
  const [log] = cloud.objects.list(cloud.deployer, bucketName);
  const keyId = cloud.buckets.find(bucketName)?.kmsMasterKeyId ?? "";
  const keys = () => cloud.tree.all().filter(({ type }) => type === "kms.symmetricKey");
  const stack = await local.open(configurations.withLog);
  const line = `audit-trails recover --stack dev --take ${bucketName} --take ${keyId}`;

  const { output } = await stack.destroy({ args: ["--run-program"] });
  expect(output).toContain(`leaves bucket ${bucketName}, key ${keyId} in the cloud`);
  expect(output).toContain(line);
  expect((await stack.preview()).output).toContain(line);
  expect((await local.failingUp(configurations.withLog)).output).toContain(line);
  expect(keys()).toHaveLength(1);

  const [, ...args] = line.split(" ");
  const files = [
    ...["--config-file", join(local.folder, "Pulumi.dev.yaml")],
    ...["--backup", join(local.folder, "backup")],
  ];
  const recovered = await runCommand([...args, ...files, "--yes"], await environmentOf(local));
  expect(recovered.exitCode).toBe(0);
  const { changes } = await local.up(configurations.withLog);
  expect(Object.keys(changes).sort()).toEqual(["create", "same"]);
  expect(keys()).toHaveLength(1);
  expect(cloud.buckets.find(bucketName)?.kmsMasterKeyId).toBe(keyId);
  expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);
  await local.expectSettled(configurations.withLog);
});

describe("a bucket that is hard to empty", () => {
  let local: LocalStack;
  beforeAll(async () => {
    local = await standing("deleteWithLogs");
    await fill(local);
    expect(versions(local).length).toBeGreaterThanOrEqual(4);
  });
  afterAll(() => local[Symbol.asyncDispose]());

  test("without the program, bucket and key are not deleted, and the engine says what is needed", async () => {
    const before = versions(local);
    await expect((await local.open(deleting)).destroy()).rejects.toThrow("--run-program");
    expect(versions(local)).toEqual(before);
  });

  test("deleteWithLogs stops at the first refused deletion", async () => {
    const { cloud } = local.emulator;
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
  });

  test("the next destroy continues: it empties the bucket with old versions, markers and unfinished uploads, then deletes it and the key", async () => {
    const { cloud } = local.emulator;
    const { output } = await (await local.open(deleting)).destroy({ args: ["--run-program"] });
    expect(await local.resources()).toEqual([]);
    expect(cloud.buckets.all()).toEqual([]);
    expect(cloud.tree.all().filter(({ type }) => type === "kms.symmetricKey")).toEqual([]);
    expect(output).toContain(`bytes) from bucket "${bucketName}", because of onRemoval: deleteWithLogs`);
    expect(output).toContain("becomes unreadable after 72 hours");
  });
});

test("one locked version keeps all of them and is reported, and the stack continues", async () => {
  await using local = await standing("deleteWithLogs");
  const { cloud } = local.emulator;
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
  await local.up(configurations.unprotected);
  expect(cloud.trails.all()).toMatchObject([{ status: "ACTIVE" }]);
});

test.each(["deleteIfEmpty", "deleteWithLogs"] as const)(
  "%s does not delete a key that leaves while its bucket is still there: its logs would be lost",
  async (onRemoval) => {
    await using local = await standing(onRemoval);
    const { cloud } = local.emulator;
    cloud.clock.advance({ minutes: 5 });
    const [log] = cloud.objects.list(cloud.deployer, bucketName);
    const withoutKey = { encryption: { key: "none" } };
    const { output } = await local.failingUp({ ...configurations[onRemoval], ...withoutKey });
    expect(output).toContain('The key "audit-trails-key" was not deleted: bucket "audit-logs" still exists');
    const isReadable = () =>
      expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);
    isReadable();
    if (onRemoval === "deleteIfEmpty") return;

    // What the message says to do.
    await local.up(configurations.unprotected);
    await local.up({ ...configurations.unprotected, ...withoutKey });
    isReadable();
  },
);
