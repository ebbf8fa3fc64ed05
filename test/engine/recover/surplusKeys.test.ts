import { DeleteBucketEncryptionCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { Api, bucketRequest } from "../../support/api";
import { firstUp, killedAtKey } from "../../support/killedOperations";
import { cloudOf, outcomeOf, recoverLine, undisturbed } from "../../support/kills";
import { encryptBucket, s3Client } from "../../support/s3Client";

describe("a key that is left over, since the next `up` made another", () => {
  /** @returns the stack, and the key that is left over. */
  async function leftOver() {
    const { local, stack } = await killedAtKey();
    const [key] = local.emulator.cloud.keys.all();
    await stack.follow("pulumi cancel --yes");
    await stack.up();
    expect(local.emulator.cloud.keys.all()).toHaveLength(2);
    return { local, stack, keyId: key?.id ?? "" };
  }

  test("is named, with the commands that delete it, and deleted by --delete-surplus-keys only", async () => {
    const { local, stack, keyId } = await leftOver();
    await using _local = local;
    const wanted = await undisturbed(firstUp);
    const named = await outcomeOf(stack, recoverLine(local, "--yes"));
    expect(named).toContain(`The KMS key ${keyId} (audit-trails-key) has the marks of this stack`);
    expect(named).toContain(`yc kms symmetric-key delete ${keyId}`);
    expect(named).toContain("It ended with 1.");
    expect(local.emulator.cloud.keys.all()).toHaveLength(2);
    const deleted = await outcomeOf(stack, recoverLine(local, "--yes --delete-surplus-keys"));
    expect(deleted).toContain(`KMS key ${keyId} was deleted.`);
    expect(deleted).toContain("It ended with 0.");
    expect(cloudOf(local)).toEqual(wanted);
  });

  test("is never deleted where an object is encrypted with it", async () => {
    const { local, stack, keyId } = await leftOver();
    await using _local = local;
    const Bucket = "elsewhere";
    using api = new Api(local.emulator);
    await api.call("buckets", "create", bucketRequest(local.emulator.cloud.folderId, Bucket));
    const s3 = await s3Client(local.emulator, ["storage.admin", "kms.admin"]);
    await encryptBucket(s3, Bucket, keyId);
    await s3.send(new PutObjectCommand({ Bucket, Key: "precious", Body: "x" }));
    await s3.send(new DeleteBucketEncryptionCommand({ Bucket }));
    const output = await outcomeOf(stack, recoverLine(local, "--yes --delete-surplus-keys"));
    expect(output).toContain(`It was left alone: object precious of bucket ${Bucket} is encrypted with it.`);
    expect(local.emulator.cloud.keys.all().map(({ id }) => id)).toContain(keyId);
  });
});
