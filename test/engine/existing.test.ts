import { Api, setUpTrail } from "../support/api";
import { LocalStack } from "../support/localStack";

/** What somebody has set up by hand already: bucket, key, account with its roles, and a trail of their own. */
async function withExisting() {
  const local = await LocalStack.start();
  using api = new Api(local.emulator);
  const existing = await setUpTrail(local.emulator, api);
  await api.call("trails", "delete", { trailId: existing.trailId });
  return { local, existing };
}

test.each([
  [
    "key",
    ["KmsSymmetricKey"],
    ({ keyId }: Existing) => ({ encryption: { key: "existing", keyId }, bucketName: "new-bucket" }),
  ],
  [
    "account",
    ["IamServiceAccount"],
    ({ accountId }: Existing) => ({ serviceAccountId: accountId, bucketName: "new-bucket" }),
  ],
  [
    "bucket, key and account",
    ["KmsSymmetricKey", "StorageBucket", "IamServiceAccount"],
    ({ keyId, accountId, bucket }: Existing, { emulator }: LocalStack) => ({
      bucketName: bucket,
      bucketFolderId: emulator.cloud.folderId,
      encryption: { key: "existing", keyId },
      serviceAccountId: accountId,
    }),
  ],
] as const)(
  "an existing %s is used and not changed, logs arrive, and taking the stack down leaves it",
  async (_, absent, configure) => {
    const { local, existing } = await withExisting();
    await using _local = local;
    const { cloud } = local.emulator;
    const config = { protected: "false", ...configure(existing, local) };
    const bucketBefore = cloud.buckets.find(existing.bucket);
    const { trail } = await local.up(config);
    expect(trail.trailStatus).toBe("ACTIVE");
    const types = await local.resourceTypes();
    for (const type of absent) expect(types).not.toContain(type);
    expect(cloud.buckets.find(existing.bucket)).toEqual(bucketBefore);
    await local.expectSettled(config);

    cloud.clock.advance({ minutes: 5 });
    expect(cloud.objects.list(cloud.deployer, config.bucketName, trail.objectKeyPrefix)).toHaveLength(1);

    await (await local.open(config)).destroy();
    if ("serviceAccountId" in config) {
      const containers = [cloud.organizationId, cloud.folderId, existing.keyId];
      const roles = containers
        .flatMap((id) => cloud.access.list(id))
        .filter(({ subject }) => subject.id === existing.accountId);
      expect(roles).toHaveLength(3);
    }
    for (const id of [existing.keyId, existing.bucket, existing.accountId])
      expect(cloud.tree.get(id)).toBeDefined();
  },
);
type Existing = Awaited<ReturnType<typeof setUpTrail>>;
