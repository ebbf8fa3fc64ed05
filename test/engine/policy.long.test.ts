import { judged } from "../support/policyPack";
import { expectedOf } from "../support/policyVariants";
import { variants } from "../support/variants";
import { startWorld } from "../support/world";

test.each(variants)(
  "$name: the pack says the same before the first deployment and after it",
  async (variant) => {
    const { local, world } = await startWorld();
    await using _local = local;
    const stack = await local.open(variant.configure(world));
    for (const operation of ["preview", "up", "preview"] as const)
      expect((await judged(stack, operation)).violations).toEqual(expectedOf(variant.name));
  },
);
