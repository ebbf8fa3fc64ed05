import { Api, setUpTrail } from "./api";
import { LocalStack } from "./localStack";

type Existing = Awaited<ReturnType<typeof setUpTrail>>;

/** Existing resources that a stack may use. */
export interface Given {
  readonly what: string;
  /** Types of which the stack has no resource then. */
  readonly absent: readonly string[];
  readonly configure: (existing: Existing, local: LocalStack) => Readonly<Record<string, unknown>>;
}

export const givenAll: Given = {
  what: "bucket, key and account",
  absent: ["KmsSymmetricKey", "StorageBucket", "IamServiceAccount"],
  configure: ({ keyId, accountId, bucket }, { emulator }) => ({
    bucketName: bucket,
    bucketFolderId: emulator.cloud.folderId,
    encryption: { key: "existing", keyId },
    serviceAccountId: accountId,
  }),
};

export const givenOne: readonly Given[] = [
  {
    what: "key",
    absent: ["KmsSymmetricKey"],
    configure: ({ keyId }) => ({ encryption: { key: "existing", keyId }, bucketName: "new-bucket" }),
  },
  {
    what: "account",
    absent: ["IamServiceAccount"],
    configure: ({ accountId }) => ({ serviceAccountId: accountId, bucketName: "new-bucket" }),
  },
];

/** Starts a stack beside a set-up made by hand: bucket, key, account with its roles, and a trail. */
async function withExisting() {
  const local = await LocalStack.start();
  using api = new Api(local.emulator);
  const existing = await setUpTrail(local.emulator, api);
  await api.call("trails", "delete", { trailId: existing.trailId });
  return { local, existing };
}

/** Expects that what is there is used and not changed, that logs arrive, and that taking the stack down leaves it. */
export async function expectUntouched({ absent, configure }: Given): Promise<void> {
  const { local, existing } = await withExisting();
  await using _local = local;
  const { cloud } = local.emulator;
  const config: Record<string, unknown> = { protected: "false", ...configure(existing, local) };
  const bucketBefore = cloud.buckets.find(existing.bucket);
  const { trail } = await local.up(config);
  expect(trail.trailStatus).toBe("ACTIVE");
  const types = await local.resourceTypes();
  for (const type of absent) expect(types).not.toContain(type);
  expect(cloud.buckets.find(existing.bucket)).toEqual(bucketBefore);
  await local.expectSettled(config);

  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.list(cloud.deployer, String(config.bucketName), trail.objectKeyPrefix)).toHaveLength(
    1,
  );

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
}
