import { deployerRoles } from "../../emulator";
import { Api, bucketRequest } from "../support/api";
import { bucketName, LocalStack } from "../support/localStack";
import { type Variant, variants, type World } from "../support/variants";

/** A local cloud with all that a variant may refer to, and with room for every trail. */
async function startWorld(): Promise<{ local: LocalStack; world: World }> {
  const local = await LocalStack.start({ quotas: { trails: 10 } });
  const { cloud } = local.emulator;
  const { organizationId, folderId, cloudId, deployer } = cloud;
  const otherFolderId = "b1gotherfolder";
  const existingBucket = "existing-bucket";
  cloud.tree.put({ type: "resource-manager.folder", id: otherFolderId, name: "other", parentId: cloudId });
  cloud.access.add(cloudId, { roleId: "resource-manager.admin", subject: deployer });
  for (const roleId of deployerRoles.folder) cloud.access.add(otherFolderId, { roleId, subject: deployer });
  using api = new Api(local.emulator);
  await api.call("buckets", "create", bucketRequest(otherFolderId, existingBucket));
  const world = {
    organizationId,
    folderId,
    bucketName,
    cloudId,
    otherFolderId,
    existingBucket,
    existingKeyId: await api.createKey("existing"),
    existingAccountId: await api.createServiceAccount("existing"),
  };
  return { local, world };
}

const open = { protected: "false" };
/** Milliseconds: a walk takes as many updates as there are variants, twice or three times. */
const walkTimeout = 900_000;

async function expectSettled(local: LocalStack, world: World, variant: Variant): Promise<void> {
  const config = { ...open, ...variant.configure(world) };
  const { trails } = await local.up(config);
  for (const { trailStatus } of Object.values<{ trailStatus: string }>(trails))
    expect([variant.name, trailStatus]).toEqual([variant.name, "ACTIVE"]);
  const types = variant
    .expected(world)
    .map(({ type }) => type)
    .sort();
  expect(await local.resourceTypes()).toEqual(types);
  await local.expectSettled(config);
}

test.each(variants)(
  "$name: up, a refresh that finds nothing to change, a destroy that keeps buckets and keys",
  async (variant) => {
    const { local, world } = await startWorld();
    await using _local = local;
    const { cloud } = local.emulator;
    await expectSettled(local, world, variant);
    const kept = cloud.tree.all().filter(({ type }) => /bucket|symmetricKey/.test(type));
    await (await local.open({ ...open, ...variant.configure(world) })).destroy();
    expect(await local.resources()).toEqual([]);
    expect(cloud.trails.all()).toEqual([]);
    expect(cloud.tree.all().filter(({ type }) => /bucket|symmetricKey/.test(type))).toEqual(kept);
  },
);

test(
  "from each variant to the next one, and none of the logs on the way is lost",
  async () => {
    const { local, world } = await startWorld();
    await using _local = local;
    const { cloud } = local.emulator;
    const logs = new Set<string>();
    for (const variant of variants) {
      await expectSettled(local, world, variant);
      cloud.clock.advance({ minutes: 5 });
      for (const bucket of cloud.buckets.all())
        for (const { key } of cloud.objects.list(cloud.deployer, bucket.name))
          logs.add(`${bucket.name}/${key}`);
    }
    const left = cloud.buckets
      .all()
      .flatMap(({ name }) => cloud.objects.list(cloud.deployer, name).map(({ key }) => `${name}/${key}`));
    expect(left.sort()).toEqual([...logs].sort());
    expect(logs.size).toBeGreaterThanOrEqual(variants.length);
  },
  walkTimeout,
);

/** Faults that an update meets, one for each step of the walk. */
const faults: ((local: LocalStack) => void)[] = [
  ({ emulator: { cloud } }) =>
    cloud.faults.fail({ method: "/UpdateAccessBindings" }, "PERMISSION_DENIED", { times: 9 }),
  ({ emulator: { cloud } }) => cloud.faults.fail({ method: "s3/PUT" }, "PERMISSION_DENIED", { times: 99 }),
  ({ emulator: { cloud } }) => cloud.faults.failLate({ method: "/Update" }, "RESOURCE_EXHAUSTED"),
  ({ emulator: { cloud } }) => cloud.faults.failLate({ method: "/Create" }, "RESOURCE_EXHAUSTED"),
  ({ emulator: { cloud } }) => cloud.faults.drop({ method: "/Update" }),
  ({ emulator: { cloud } }) => cloud.faults.drop({ method: "/Create" }),
  ({ emulator: { cloud } }) => cloud.faults.fail({ method: "/Get" }, "UNAVAILABLE", { after: 3 }),
  ({ emulator: { cloud } }) => cloud.faults.fail({ method: "s3/GET" }, "UNAVAILABLE", { after: 5, times: 2 }),
];

test(
  "from each variant to the next one with faults on: what fails goes on with the next up, and no log is lost",
  async () => {
    const { local, world } = await startWorld();
    await using _local = local;
    const { cloud } = local.emulator;
    let logs = 0;
    let failed = 0;
    for (const [i, variant] of variants.entries()) {
      faults[i % faults.length]?.(local);
      const config = { ...open, rolePropagationTimeout: 0, ...variant.configure(world) };
      await local.up(config).catch(() => {
        failed += 1;
      });
      cloud.faults.clear();
      await expectSettled(local, world, variant);
      cloud.clock.advance({ minutes: 5 });
      const left = cloud.buckets.all().flatMap(({ name }) => cloud.objects.list(cloud.deployer, name));
      expect(left.length).toBeGreaterThan(logs);
      logs = left.length;
    }
    expect(failed).toBeGreaterThan(2);
  },
  walkTimeout,
);
