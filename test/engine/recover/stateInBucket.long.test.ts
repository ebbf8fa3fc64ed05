import { Api, bucketRequest } from "../../support/api";
import { atTrail, firstUp, removable } from "../../support/killedOperations";
import { cloudOf, outcomeOf, recoverLine, runKilled, undisturbed, withPulumi } from "../../support/kills";
import { LocalStack } from "../../support/localStack";
import { createAccessKey } from "../../support/s3Client";
import { stateUrl } from "../../support/stateBucket";

test("with the state in Object Storage too, recover releases the stack of a killed engine, and takes its resources into the state", async () => {
  const bucket = "pulumi-state";
  const local = await LocalStack.start();
  await using _local = local;
  const { cloud } = local.emulator;
  using api = new Api(local.emulator);
  await api.call("buckets", "create", bucketRequest(cloud.folderId, bucket));
  const key = await createAccessKey(local.emulator, ["storage.editor"]);
  const { environment } = await withPulumi();
  const stack = await local.open(removable, {
    environment: {
      ...environment,
      PULUMI_BACKEND_URL: stateUrl(local.emulator, bucket),
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    },
  });
  expect(await runKilled(local, stack, firstUp, atTrail)).toContain(atTrail.method);
  const locks = () => cloud.objects.keys(bucket, ".pulumi/locks");
  const [lock = ""] = locks();
  expect(locks()).toEqual([lock]);
  const { body } = cloud.objects.get(cloud.deployer, bucket, lock);

  expect(await stack.follow(recoverLine(local, "--yes"))).toContain("import trail");
  expect(locks()).toEqual([]);
  await stack.up();
  await stack.preview({ args: ["--refresh", "--expect-no-changes"] });
  // As an engine leaves it that is killed before it begins with anything.
  cloud.objects.put(cloud.deployer, bucket, lock, body, "application/json");
  const output = await outcomeOf(stack, recoverLine(local, "--yes"));
  expect(output).toContain("release the lock of an engine that has ended, if there is one");
  expect(output).toContain("It ended with 0.");
  expect(locks()).toEqual([]);
  // Back to a cloud without a state.
  cloud.buckets.remove(bucket);
  cloud.serviceAccounts.remove(key.accountId);
  expect(cloudOf(local)).toEqual(await undisturbed(firstUp));
});
