import { type Switches, switches } from "../../emulator/backend/switches";
import { bucketName, LocalStack } from "../support/localStack";

// The other tests run in the default positions.
const positions = Object.entries(switches).flatMap(([name, { values, default: usual }]) =>
  values
    .filter((position) => position !== usual)
    .map((position) => ({ name: name as keyof Switches, position })),
);

test.each(positions)(
  "whatever the cloud does where the vendor is silent ($name: $position), up succeeds, settles, and logs arrive",
  async ({ name, position }) => {
    await using local = await LocalStack.start({ switches: { [name]: position } });
    const { cloud } = local.emulator;
    const { trail } = await local.up();
    expect(trail.trailStatus).toBe("ACTIVE");
    await local.expectSettled();
    // Where a new trail does not deliver what was before it, something has to happen.
    await local.up({ labels: { team: "security" } });
    cloud.clock.advance({ minutes: 5 });
    expect(cloud.objects.list(cloud.deployer, bucketName, trail.objectKeyPrefix)).toHaveLength(1);
  },
);
