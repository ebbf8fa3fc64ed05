import { outputsOf, type StateResource } from "../../tools/local/state";
import { bucketName, LocalStack, sevenResources, typeOf } from "../support/localStack";
import { configurations, standing } from "../support/standingStacks";

describe("up", () => {
  test("creates exactly the seven resources and three bindings, the trail is ACTIVE, and the documented outputs are there", async () => {
    await using local = await standing("default");
    expect(await local.resourceTypes()).toEqual(sevenResources);

    const { cloud } = local.emulator;
    const { trails } = outputsOf((await local.open()).state());
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

  test("records that the trail depends on bucket, account and all three bindings", async () => {
    await using local = await standing("default");
    const dependenciesOf = ({ dependencies = [] }: StateResource) => dependencies.map(typeOf).sort();
    const resources = await local.resources();
    expect(Object.fromEntries(resources.map((one) => [typeOf(one.urn), dependenciesOf(one)]))).toEqual({
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

  test("leaves nothing to change in a preview, which makes no call and reports no refusal, and in a refresh", async () => {
    await using local = await standing("default");
    const { traffic } = local.emulator.cloud;
    const before = traffic.calls;
    const stack = await local.open();
    const { output } = await stack.preview({ args: ["--expect-no-changes"] });
    expect(output).not.toContain("will be refused");
    expect(traffic.calls).toBe(before);
    await stack.refresh({ args: ["--expect-no-changes"] });
    await local.expectSettled();
  });
});

describe("changes that replace resources are refused by protection", () => {
  const others = {
    bucketName: "another-bucket",
    folderId: "b1ganotherfolder",
    organizationId: "bpfanotherorganization",
  };

  test.each(Object.entries(others))("another %s, in the preview already", async (key, value) => {
    await using local = await standing("default");
    await expect((await local.open({ [key]: value })).preview()).rejects.toThrow("marked for protection");
  });

  test("all of these, in the update, which changes nothing", async () => {
    await using local = await standing("default");
    const { auditLog } = local.emulator.cloud;
    const before = auditLog.lastSequence;
    expect((await local.failingUp(others)).output).toContain("marked for protection");
    expect(auditLog.lastSequence).toBe(before);
    expect(await local.resourceTypes()).toEqual(sevenResources);
  });
});

describe("taking it down", () => {
  const typesIn = ({ emulator }: LocalStack) => emulator.cloud.tree.all().map(({ type }) => type);
  const containers = [
    "organization-manager.organization",
    "resource-manager.cloud",
    "resource-manager.folder",
  ];

  test("destroy removes nothing by default, and says what to do", async () => {
    await using local = await standing("default");
    const before = typesIn(local);
    const calls = local.emulator.cloud.auditLog.lastSequence;
    const stack = await local.open();
    for (const args of [[], ["--run-program"]])
      await expect(stack.destroy({ args })).rejects.toThrow(
        /protected.*pulumi config set protected false.*pulumi up.*pulumi destroy --run-program/s,
      );
    expect(typesIn(local)).toEqual(before);
    expect(local.emulator.cloud.auditLog.lastSequence).toBe(calls);
    expect(await local.resourceTypes()).toEqual(sevenResources);
  });

  test("without protection, destroy deletes trail, roles and account, and keeps bucket and key with every log", async () => {
    await using local = await standing("unprotected");
    const { cloud } = local.emulator;
    cloud.clock.advance({ minutes: 5 });
    const logs = cloud.objects.list(cloud.deployer, bucketName);
    expect(logs).not.toEqual([]);

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

  test("without retaining, destroy deletes everything if no log was delivered", async () => {
    // A standing stack's trail delivers once five minutes have passed since its up.
    await using local = await LocalStack.start();
    await local.up(configurations.deleteIfEmpty);
    const stack = await local.open(configurations.deleteIfEmpty);
    await stack.destroy({ args: ["--run-program"] });
    expect(await local.resources()).toEqual([]);
    expect(typesIn(local)).toEqual(containers);
    const { cloud } = local.emulator;
    const bindings = cloud.tree.all().flatMap(({ id }) => cloud.access.list(id));
    expect(bindings.filter(({ subject }) => subject.id !== cloud.deployer.id)).toEqual([]);
  });

  test("without retaining, destroy stops at a bucket with logs and reports it, no log is lost, and up continues", async () => {
    await using local = await standing("deleteIfEmpty");
    const { cloud } = local.emulator;
    cloud.clock.advance({ minutes: 5 });
    const logs = cloud.objects.list(cloud.deployer, bucketName);
    expect(logs).not.toEqual([]);

    const stack = await local.open(configurations.deleteIfEmpty);
    await expect(stack.destroy({ args: ["--run-program"] })).rejects.toThrow(
      "The bucket holds audit logs. Neither the bucket nor any log was deleted.",
    );
    expect(cloud.objects.list(cloud.deployer, bucketName)).toEqual(logs);
    expect(await local.resourceTypes()).toEqual(expect.arrayContaining(["KmsSymmetricKey", "StorageBucket"]));

    await local.up(configurations.deleteIfEmpty);
    expect(await local.resourceTypes()).toEqual(sevenResources);
  });

  test("turning encryption off keeps the key, so that older logs stay readable", async () => {
    await using local = await standing("unprotected");
    const { cloud } = local.emulator;
    cloud.clock.advance({ minutes: 5 });
    const [log] = cloud.objects.list(cloud.deployer, bucketName);
    await local.up({ ...configurations.unprotected, encryption: { key: "none" } });
    expect(cloud.buckets.find(bucketName)?.kmsMasterKeyId).toBeUndefined();
    expect(typesIn(local)).toContain("kms.symmetricKey");
    expect(cloud.objects.get(cloud.deployer, bucketName, log?.key ?? "").body.length).toBe(log?.size);
  });
});
