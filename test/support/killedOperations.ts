import { type KilledOperation, withPulumi } from "./kills";
import { bucketName, type KeptState, LocalStack } from "./localStack";

/** Nothing keeps a stack of the tests from being taken down, and its log stays. */
const removable = { protected: false };
/** A change that touches the key, the bucket, the account and the trail. */
const changed = {
  ...removable,
  labels: { team: "security" },
  serviceAccountName: "audit-logs-writer",
  retention: { preset: "year" },
};

/** The guide's seven resources, from nothing. */
export const firstUp: KilledOperation = { config: removable, run: (stack) => stack.up() };

/** A stack with a delivered log. */
export async function standing(): Promise<KeptState> {
  await using local = await LocalStack.start();
  const stack = await local.open(removable, await withPulumi());
  await stack.up();
  const { cloud } = local.emulator;
  cloud.clock.advance({ minutes: 5 });
  if (cloud.objects.keys(bucketName, "").length === 0) throw new Error("No log was delivered");
  return local.keep();
}

export const update = (from: KeptState): KilledOperation => ({
  from,
  config: changed,
  run: (stack) => stack.up(),
});

export const destroy = (from: KeptState): KilledOperation => ({
  from,
  config: removable,
  run: (stack) => stack.destroy({ args: ["--refresh", "--run-program"] }),
});
