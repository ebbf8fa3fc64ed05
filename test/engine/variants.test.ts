import { variants } from "../support/variants";
import { expectVariantSettled, startWorld } from "../support/world";

/** Milliseconds: a walk takes as many updates as there are variants, twice or three times. */
const walkTimeout = 900_000;

test(
  "from each variant to the next one, and none of the logs on the way is lost",
  async () => {
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
  },
  walkTimeout,
);
