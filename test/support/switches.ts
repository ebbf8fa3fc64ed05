import { type Switches, switches } from "../../emulator/backend/switches";
import { bucketName, LocalStack } from "./localStack";

/** The positions in which no other test runs, each alone. */
export const otherPositions: readonly Partial<Switches>[] = Object.entries(switches).flatMap(
  ([name, { values, default: usual }]) =>
    values.filter((position) => position !== usual).map((position) => ({ [name]: position })),
);

/** Expects that `up` succeeds on such a cloud, settles, and that logs arrive. */
export async function expectDelivery(positions: Partial<Switches>): Promise<void> {
  await using local = await LocalStack.start({ switches: positions });
  const { cloud } = local.emulator;
  const { trail } = await local.up();
  expect(trail.trailStatus).toBe("ACTIVE");
  await local.expectSettled();
  // Where a new trail does not deliver what was before it, something has to happen.
  await local.up({ labels: { team: "security" } });
  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.list(cloud.deployer, bucketName, trail.objectKeyPrefix)).toHaveLength(1);
}
