import { bucketName, byDeployer, LocalStack, programOf } from "../support/localStack";

/** What the cloud has of a stack, without what tells one moment from another. */
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

test("what leaves the configuration leaves the cloud, of a protected stack too", async () => {
  await using local = await LocalStack.start();
  const { deployer } = local.emulator.cloud;
  await local.up();
  const before = shown(local);
  await local.up({
    encryption: {
      key: "new",
      keyName: "Logs",
      keyAlgorithm: "AES_128",
      keyRotationPeriod: "90m",
      deletionProtection: false,
    },
    retention: { preset: "year", iceAfterDays: 200 },
    maxSizeGiB: 5,
    access: { administrators: [deployer.id] },
    serviceAccountName: "renamed",
    labels: { team: "security" },
    trails: {
      organization: { name: "renamed", description: "Why we keep these", labels: { scope: "all" } },
    },
  });
  for (const part of ["bucket", "key", "account", "trail"] as const)
    expect([part, shown(local)[part]]).not.toEqual([part, before[part]]);
  await local.up();
  expect(shown(local)).toEqual(before);
  await local.expectSettled();
});

test("a stack whose state has a duration in another form is taken over without a change", async () => {
  await using local = await LocalStack.start();
  await local.up({}, { program: programOf("earlier") });
  await local.expectSettled();
});
