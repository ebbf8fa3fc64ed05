import type { LocalStack } from "../support/localStack";
import { expectVariantSettled, expectWalk, startWorld, unprotected, walkTimeout } from "../support/stackView";
import { variants } from "../support/variants";

test.each(variants)(
  "$name: up succeeds, a refresh finds no change, and a destroy keeps buckets and keys",
  async (variant) => {
    const { local, world } = await startWorld();
    await using _local = local;
    const { cloud } = local.emulator;
    await expectVariantSettled(local, world, variant);
    const kept = cloud.tree.all().filter(({ type }) => /bucket|symmetricKey/.test(type));
    await (await local.open({ ...unprotected, ...variant.configure(world) })).destroy();
    expect(await local.resources()).toEqual([]);
    expect(cloud.trails.all()).toEqual([]);
    expect(cloud.tree.all().filter(({ type }) => /bucket|symmetricKey/.test(type))).toEqual(kept);
  },
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
  "a stack changes from each variant to the next one, and no log is lost",
  () => expectWalk(variants),
  walkTimeout,
);

test(
  "a stack changes from each variant to the next one with faults: the next up continues after a failure, and no log is lost",
  async () => {
    const { local, world } = await startWorld();
    await using _local = local;
    const { cloud } = local.emulator;
    let logs = 0;
    let failed = 0;
    for (const [i, variant] of variants.entries()) {
      faults[i % faults.length]?.(local);
      const config = { ...unprotected, rolePropagationTimeoutSeconds: 0, ...variant.configure(world) };
      await local.up(config).catch(() => {
        failed += 1;
      });
      cloud.faults.clear();
      await expectVariantSettled(local, world, variant);
      cloud.clock.advance({ minutes: 5 });
      const left = cloud.buckets.all().flatMap(({ name }) => cloud.objects.list(cloud.deployer, name));
      expect(left.length).toBeGreaterThan(logs);
      logs = left.length;
    }
    expect(failed).toBeGreaterThan(2);
  },
  walkTimeout,
);
