import { existsSync, readFileSync } from "node:fs";
import { stackFileOf } from "../../tools/local/state";
import { begin, type KilledOperation, recoverLine, runKilled } from "./kills";
import { bucketName, type LocalStack } from "./localStack";
import { configurations, otherAccount } from "./standingStacks";

/** Nothing keeps a stack of the tests from being taken down, and its log stays. */
export const removable = configurations.unprotected;
const changed = {
  ...removable,
  labels: { team: "security" },
  serviceAccountName: "audit-logs-writer",
  retention: { preset: "year" },
};

/** The guide's seven resources, from nothing. */
export const firstUp: KilledOperation = {
  config: removable,
  run: (stack) => stack.up(),
  gives: "unprotected",
};

export const atTrail = { moment: "after", method: "TrailService/Create" } as const;
export const atKey = { moment: "after", method: "SymmetricKeyService/Create" } as const;

/** A stack whose first `up` was killed when its key was made and nothing else, and what then holds its state. */
export async function killedAtKey() {
  const { local, stack } = await begin(firstUp);
  // It is made beside the key: otherwise it may be there or not.
  local.emulator.cloud.faults.hang({ method: "ServiceAccountService/Create" });
  expect(await runKilled(local, stack, firstUp, atKey)).toContain(atKey.method);
  return { local, stack, state: stateIn(local) };
}

/** Reads what holds the state of a stack, and the keys of its cloud. */
export const stateIn = ({ folder, emulator }: LocalStack) => {
  const file = stackFileOf(folder);
  return () => [existsSync(file) && readFileSync(file, "utf8"), emulator.cloud.keys.all()];
};

/** Two trails with buckets and accounts of their own, a policy, a lock, a size and a log of requests, from nothing. */
export const everythingUp: KilledOperation = {
  config: ({ emulator: { cloud } }) => ({
    ...removable,
    access: { administrators: [cloud.deployer.id], readers: [cloud.deployer.id] },
    objectLock: { mode: "GOVERNANCE", days: 1 },
    accessLogsBucketName: `${bucketName}-requests`,
    maxSizeGiB: 1,
    trails: {
      organization: {},
      other: {
        folders: [cloud.folderId],
        bucketName: `${bucketName}-other`,
        encryption: { key: "new" },
        serviceAccountName: "other-collector",
      },
    },
  }),
  run: (stack) => stack.up(),
};

/** A first `up` that was killed when its trail was made, recovered and run again. */
export const recovery: KilledOperation = {
  ...firstUp,
  prepare: (local, stack) => runKilled(local, stack, firstUp, atTrail),
  run: async (stack, local) => {
    await stack.follow(recoverLine(local, "--yes"));
    await stack.up();
  },
};

/** A change that touches the key, the bucket, the account and the trail, where they are. */
export const update: KilledOperation = {
  from: "withLog",
  config: changed,
  run: (stack) => stack.up(),
};

/** A change that replaces the bucket, the trail and all roles, and takes the account away. */
export const exchange: KilledOperation = {
  from: "withLog",
  config: ({ emulator: { cloud } }) => ({
    ...removable,
    bucketName: `${bucketName}-2`,
    trails: { organization: { name: "second" } },
    serviceAccountId: cloud.serviceAccounts.all().find(({ name }) => name === otherAccount)?.id,
  }),
  run: (stack) => stack.up(),
};

export const destroy: KilledOperation = {
  from: "withLog",
  config: removable,
  leavesStack: false,
  run: (stack) => stack.destroy({ args: ["--refresh", "--run-program"] }),
};
