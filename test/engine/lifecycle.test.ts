import { projectName, stackName } from "../../local/state";
import { bucketName, byDeployer, LocalStack, programOf, sevenResources, typeOf } from "../support/localStack";

test("up creates exactly the seven resources and three bindings, and the trail is ACTIVE", async () => {
  await using local = await LocalStack.start();
  const { trails } = await local.up();
  expect(await local.resourceTypes()).toEqual(sevenResources);

  const { cloud } = local.emulator;
  const { serviceAccountId, keyId } = trails.organization;
  const account = { type: "serviceAccount", id: serviceAccountId };
  const bindings = cloud.tree.all().flatMap(({ id }) =>
    cloud.access
      .list(id)
      .filter(({ subject }) => subject.type === account.type)
      .map(({ roleId, subject }) => ({ on: id, roleId, subject })),
  );
  expect(bindings).toHaveLength(3);
  expect(bindings).toEqual(
    expect.arrayContaining([
      { on: cloud.organizationId, roleId: "audit-trails.viewer", subject: account },
      { on: cloud.folderId, roleId: "storage.uploader", subject: account },
      { on: keyId, roleId: "kms.keys.encrypterDecrypter", subject: account },
    ]),
  );

  const [trail] = cloud.trails.all();
  expect(trails).toEqual({
    organization: {
      trailId: trail?.id,
      trailStatus: "ACTIVE",
      bucketName,
      bucketUrl: "https://audit-logs.storage.localcloud.test",
      keyId: cloud.buckets.find(bucketName)?.kmsMasterKeyId,
      serviceAccountId: trail?.serviceAccountId,
      objectKeyPrefix: `${trail?.id}/`,
    },
  });
});

test("after up neither a preview nor a refresh finds a change", async () => {
  await using local = await LocalStack.start();
  await local.up();
  const stack = await local.open();
  await stack.preview({ args: ["--expect-no-changes"] });
  await stack.refresh({ args: ["--expect-no-changes"] });
  await local.expectSettled();
});

test("the state records what no argument shows: the trail depends on bucket, account and all three bindings", async () => {
  await using local = await LocalStack.start();
  await local.up();
  const resources = await local.resources();
  const dependencies = Object.fromEntries(
    resources.map(({ urn, dependencies = [] }) => [typeOf(urn), dependencies.map(typeOf).sort()]),
  );
  expect(dependencies).toEqual({
    KmsSymmetricKey: [],
    StorageBucket: ["KmsSymmetricKey"],
    IamServiceAccount: [],
    OrganizationmanagerOrganizationIamMember: ["IamServiceAccount"],
    ResourcemanagerFolderIamMember: ["IamServiceAccount"],
    KmsSymmetricKeyIamMember: ["IamServiceAccount", "KmsSymmetricKey"],
    AuditTrailsTrail: sevenResources.filter(
      (type) => !["AuditTrailsTrail", "KmsSymmetricKey"].includes(type),
    ),
  });
});

const ofTrail = (organization: object) => ({ trails: { organization } });

/** Each property that can be changed in place, and where the cloud shows it. */
const updates: { config: object; shows: (local: LocalStack) => unknown; value: unknown }[] = [
  {
    config: ofTrail({ name: "renamed" }),
    shows: ({ emulator }) => emulator.cloud.trails.all()[0]?.name,
    value: "renamed",
  },
  {
    config: ofTrail({ name: "renamed", description: "Why we keep these" }),
    shows: ({ emulator }) => emulator.cloud.trails.all()[0]?.description,
    value: "Why we keep these",
  },
  {
    config: { serviceAccountName: "renamed" },
    shows: (local) => tree(local, "iam.serviceAccount")?.name,
    value: "renamed",
  },
  {
    config: { encryption: { keyName: "renamed" } },
    shows: (local) => tree(local, "kms.symmetricKey")?.name,
    value: "renamed",
  },
  {
    config: { encryption: { keyName: "renamed", keyAlgorithm: "AES_128" } },
    shows: (local) => key(local).defaultAlgorithm,
    value: "AES_128",
  },
  {
    config: { encryption: { keyName: "renamed", keyAlgorithm: "AES_128", keyRotationPeriod: "24h" } },
    shows: (local) => hours(key(local).rotationPeriod),
    value: "24h",
  },
];
const tree = (local: LocalStack, type: string) =>
  local.emulator.cloud.tree.all().find((resource) => resource.type === type);
const hours = (duration: unknown) => `${Number((duration as { seconds: number }).seconds) / 3600}h`;
const key = (local: LocalStack) => {
  const { cloud } = local.emulator;
  return cloud.keys.get(byDeployer(local.emulator), tree(local, "kms.symmetricKey")?.id ?? "");
};

test("every updatable property is updated in place, and then there is nothing left to change", async () => {
  await using local = await LocalStack.start();
  await local.up();
  let config: Record<string, unknown> = {};
  for (const update of updates) {
    config = { ...config, ...update.config };
    const { changes } = await local.up(config);
    expect([update.config, changes]).toEqual([update.config, { same: 12, update: 1 }]);
    expect(update.shows(local)).toBe(update.value);
  }
  const labelled = { ...config, labels: { team: "security" } };
  expect((await local.up(labelled)).changes).toEqual({ same: 10, update: 3 });
  const { cloud } = local.emulator;
  const labels = { "pulumi-project": projectName, "pulumi-stack": stackName, team: "security" };
  expect(cloud.trails.all()[0]?.labels).toEqual(labels);
  expect(key(local).labels).toEqual(labels);
  const tags = cloud.buckets.find(bucketName)?.tags ?? [];
  expect(Object.fromEntries(tags.map(({ key, value }) => [key, value]))).toEqual(labels);
  await local.expectSettled(labelled);
});

test.each([
  ["bucketName", "another-bucket"],
  ["folderId", "b1ganotherfolder"],
  ["organizationId", "bpfanotherorganization"],
])(
  "another %s would replace resources: protection refuses it in the preview already, and nothing is changed",
  async (key, value) => {
    await using local = await LocalStack.start();
    await local.up();
    const before = local.emulator.cloud.auditLog.lastSequence;
    await expect((await local.open({ [key]: value })).preview()).rejects.toThrow("marked for protection");
    await local.failingUp({ [key]: value });
    expect(local.emulator.cloud.auditLog.lastSequence).toBe(before);
    expect(await local.resourceTypes()).toEqual(sevenResources);
  },
);

test("after unprotecting, another bucket name with another trail name makes both new, and keeps the old bucket with its logs", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  await local.up({ protected: "false" });
  cloud.clock.advance({ minutes: 5 });
  const logs = cloud.objects.list(cloud.deployer, bucketName);
  const trails = { organization: { name: "another-trail" } };
  await local.up({ protected: "false", bucketName: "another-bucket", trails });
  expect(cloud.objects.list(cloud.deployer, bucketName)).toEqual(logs);
  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.list(cloud.deployer, "another-bucket")).toHaveLength(1);
});

test("a program of its own gets the same protection, also with options that leave it open", async () => {
  await using local = await LocalStack.start();
  await local.up({}, { program: programOf("unprotected") });
  const own = await local.resources();
  expect(own).toHaveLength(7);
  expect(own.every(({ protect }) => protect)).toBe(true);
});

describe("taking it down", () => {
  const typesIn = ({ emulator }: LocalStack) => emulator.cloud.tree.all().map(({ type }) => type);
  const containers = [
    "organization-manager.organization",
    "resource-manager.cloud",
    "resource-manager.folder",
  ];

  test("destroy removes nothing at all by default, and says how to go on", async () => {
    await using local = await LocalStack.start();
    await local.up();
    const before = typesIn(local);
    const calls = local.emulator.cloud.auditLog.lastSequence;
    await expect((await local.open()).destroy()).rejects.toThrow("because it is protected. To unprotect");
    expect(typesIn(local)).toEqual(before);
    expect(local.emulator.cloud.auditLog.lastSequence).toBe(calls);
    expect(await local.resourceTypes()).toEqual(sevenResources);
  });

  test("after unprotecting, destroy takes trail, roles and account, and keeps bucket and key with every log", async () => {
    await using local = await LocalStack.start();
    const { cloud } = local.emulator;
    await local.up();
    cloud.clock.advance({ minutes: 5 });
    const logs = cloud.objects.list(cloud.deployer, bucketName);
    expect(logs).toHaveLength(1);

    await local.up({ protected: "false" });
    const stack = await local.open();
    const { output } = await stack.previewDestroy();
    expect(output).toMatch(/StorageBucket audit-trails-bucket delete\[retain\]/);
    expect(output).toMatch(/KmsSymmetricKey audit-trails-key delete\[retain\]/);
    await stack.destroy();
    expect(await local.resources()).toEqual([]);
    expect(typesIn(local)).toEqual([...containers, "kms.symmetricKey", "storage.bucket"]);
    expect(cloud.objects.list(cloud.deployer, bucketName)).toEqual(logs);
    const [log] = logs;
    expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);
  });

  test("without retaining, destroy leaves nothing behind where no log was delivered", async () => {
    await using local = await LocalStack.start();
    const config = { protected: "false", onRemoval: "deleteIfEmpty" };
    await local.up(config);
    await (await local.open(config)).destroy({ args: ["--run-program"] });
    expect(await local.resources()).toEqual([]);
    expect(typesIn(local)).toEqual(containers);
    const { cloud } = local.emulator;
    const bindings = cloud.tree.all().flatMap(({ id }) => cloud.access.list(id));
    expect(bindings.filter(({ subject }) => subject.id !== cloud.deployer.id)).toEqual([]);
  });

  test("without retaining, destroy stops at a bucket with logs, says so, loses none, and up goes on from there", async () => {
    await using local = await LocalStack.start();
    const config = { protected: "false", onRemoval: "deleteIfEmpty" };
    await local.up(config);
    const { cloud } = local.emulator;
    cloud.clock.advance({ minutes: 5 });
    const logs = cloud.objects.list(cloud.deployer, bucketName);
    expect(logs).toHaveLength(1);

    const destroyed = (await local.open(config)).destroy({ args: ["--run-program"] });
    await expect(destroyed).rejects.toThrow(
      "The bucket holds audit logs. It was not deleted, and no log was.",
    );
    expect(cloud.objects.list(cloud.deployer, bucketName)).toEqual(logs);
    expect(await local.resourceTypes()).toEqual(expect.arrayContaining(["KmsSymmetricKey", "StorageBucket"]));

    await local.up(config);
    expect(await local.resourceTypes()).toEqual(sevenResources);
  });

  test("turning encryption off keeps the key, so that older logs stay readable", async () => {
    await using local = await LocalStack.start();
    const { cloud } = local.emulator;
    await local.up({ protected: "false" });
    cloud.clock.advance({ minutes: 5 });
    const [log] = cloud.objects.list(cloud.deployer, bucketName);
    await local.up({ protected: "false", encryption: { key: "none" } });
    expect(cloud.buckets.find(bucketName)?.kmsMasterKeyId).toBeUndefined();
    expect(typesIn(local)).toContain("kms.symmetricKey");
    expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);
  });
});

test("after a change of days in a lifecycle rule without a filter the plan is empty", async () => {
  await using local = await LocalStack.start();
  await local.up({ retention: { expireAfterDays: 400 } });
  await local.up({ retention: { expireAfterDays: 500 } });
  const { cloud } = local.emulator;
  const rules = cloud.buckets.find(bucketName)?.lifecycleRules;
  expect(rules).toContainEqual(
    expect.objectContaining({ expiration: expect.objectContaining({ days: 500 }) }),
  );
  await local.expectSettled({ retention: { expireAfterDays: 500 } });
});
