import { projectName, stackName } from "../../tools/local/state";
import { bucketName, byDeployer, LocalStack, programOf } from "../support/localStack";
import { standing } from "../support/standingStacks";

/** Returns the resources of a stack in the cloud, without times and other values that change between runs. */
function shown({ emulator }: LocalStack) {
  const { cloud } = emulator;
  const idOf = (type: string) => cloud.tree.all().find((resource) => resource.type === type)?.id ?? "";
  const { updatedAt: _, ...trail } = { updatedAt: undefined, ...cloud.trails.all()[0] };
  const { name, description, labels, defaultAlgorithm, rotationPeriod, deletionProtection } = cloud.keys.get(
    byDeployer(emulator),
    idOf("kms.symmetricKey"),
  );
  const { tags = [], ...bucket } = cloud.buckets.require(bucketName);
  return {
    // The provider sends tags in no order.
    bucket: { ...bucket, tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])) },
    key: { name, description, labels, defaultAlgorithm, rotationPeriod, deletionProtection },
    account: cloud.serviceAccounts.get(byDeployer(emulator), idOf("iam.serviceAccount")),
    trail,
  };
}

/** Another value for each property that can be changed in place. */
const changed = (administrator: string) => ({
  encryption: {
    key: "new",
    keyName: "Logs",
    keyAlgorithm: "AES_128",
    keyRotationPeriod: "90m",
    deletionProtection: false,
  },
  retention: { preset: "year", iceAfterDays: 200 },
  maxSizeGiB: 5,
  access: { administrators: [administrator] },
  serviceAccountName: "renamed",
  labels: { team: "security" },
  trails: {
    organization: { name: "renamed", description: "Why we keep these", labels: { scope: "all" } },
  },
});

test("each property of a protected stack is updated in place, settles, and is removed from the cloud with its key", async () => {
  await using local = await standing("default");
  const before = shown(local);
  const config = changed(local.emulator.cloud.deployer.id);
  const { changes } = await local.up(config);
  expect(changes).toEqual({ same: 9, update: 4 });
  const owner = { "pulumi-project": projectName, "pulumi-stack": stackName };
  const labels = { ...owner, team: "security" };
  const { bucket, key, account, trail } = shown(local);
  expect(bucket).toMatchObject({ tags: labels, maxSize: 5 * 2 ** 30 });
  expect(bucket.policy).toBeDefined();
  expect(key).toMatchObject({ name: "Logs", labels, defaultAlgorithm: "AES_128", deletionProtection: false });
  expect(Number((key.rotationPeriod as { seconds: number }).seconds)).toBe(90 * 60);
  expect(account.name).toBe("renamed");
  expect(trail).toMatchObject({
    name: "renamed",
    description: "Why we keep these",
    labels: { ...labels, scope: "all" },
  });

  // Days alone, in a rule without a filter: what the provider shows of one must not differ for ever.
  const longer = { ...config, retention: { ...config.retention, expireAfterDays: 500 } };
  await local.up(longer);
  expect(shown(local).bucket.lifecycleRules).toContainEqual(
    expect.objectContaining({ expiration: expect.objectContaining({ days: 500 }) }),
  );
  await local.expectSettled(longer);

  await local.up();
  expect(shown(local)).toEqual(before);
  await local.expectSettled();
});

test("a stack whose state has a duration in another form is taken over without a change", async () => {
  await using local = await LocalStack.start();
  await local.up({}, { program: programOf("earlier") });
  await local.expectSettled();
});
