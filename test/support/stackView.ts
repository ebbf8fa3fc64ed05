import { deployerRoles } from "../../emulator";
import { Api, bucketRequest } from "./api";
import { bucketName, LocalStack } from "./localStack";
import type { Variant, World } from "./variants";

/** A local cloud with all that a variant may refer to, and with room for every trail. */
export async function startWorld(): Promise<{ local: LocalStack; world: World }> {
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

export const unprotected = { protected: "false" };

/** Milliseconds: a walk takes as many updates as there are variants, twice or three times. */
export const walkTimeout = 900_000;

/** Updates from each variant to the next one, and expects that none of the logs on the way is lost. */
export async function expectWalk(variants: readonly Variant[]): Promise<void> {
  const { local, world } = await startWorld();
  await using _local = local;
  const { cloud } = local.emulator;
  const logs = new Set<string>();
  for (const variant of variants) {
    await expectVariantSettled(local, world, variant);
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
}

export async function expectVariantSettled(local: LocalStack, world: World, variant: Variant): Promise<void> {
  const config = { ...unprotected, ...variant.configure(world) };
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
