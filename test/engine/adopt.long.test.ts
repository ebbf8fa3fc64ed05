import { readFileSync, writeFileSync } from "node:fs";
import { adopt, begin, configFileOf, expectAdopted, up } from "../support/adoption";
import { bucketRequest, s3, setUpTrail, trailRequest } from "../support/api";
import { sevenResources } from "../support/localStack";

test("unencrypted, with a role from further up, into a new stack: the role is all that an update grants", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { cloud } = local.emulator;
  const { folderId, organizationId } = cloud;
  await api.call("buckets", "create", bucketRequest(folderId, "plain-logs"));
  const accountId = await api.createServiceAccount("account");
  const subject = { type: "serviceAccount", id: accountId };
  cloud.access.add(organizationId, { roleId: "audit-trails.editor", subject });
  await api.bind("folders", folderId, "storage.uploader", accountId);
  await api.call("trails", "create", trailRequest(local.emulator, "plain-logs", accountId));
  await stack.follow("pulumi stack rm dev --yes --preserve-config --non-interactive");
  const file = readFileSync(configFileOf(local), "utf8");
  writeFileSync(
    configFileOf(local),
    file.replace("config:", "config:\n  yandex-audit-trails:bucketName: other"),
  );
  const refused = await adopt(local, stack, [cloud.trails.all()[0]?.id ?? ""]);
  expect(refused).toMatchObject({ exitCode: 3, imported: [], configuration: {} });
  expect(refused.refusals[0]).toContain("The stack's configuration says bucketName: other");
  writeFileSync(configFileOf(local), file);

  const told = await adopt(local, stack, [cloud.trails.all()[0]?.id ?? ""]);
  expect(told.exitCode).toBe(1);
  expect(told.left).toEqual([
    `Service account ${accountId} is granted role audit-trails.viewer on organization ${organizationId}, which it has ` +
      `not there: it has audit-trails.editor on organization ${organizationId} instead.`,
  ]);
  expect(told.weaknesses[0]).toEqual({
    what: "Bucket plain-logs is not encrypted.",
    mend: "pulumi config set --path encryption.key new && pulumi up   # encrypts new logs",
  });
  const { auditLog } = cloud;
  const before = auditLog.lastSequence;
  await up(local, stack);
  expect(auditLog.lastSequence).toBe(before + 1);
  expect(cloud.access.list(organizationId)).toContainEqual({
    roleId: "audit-trails.viewer",
    subject,
  });
});

test("a bucket with other data is only used, and so is its key", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId, bucket, keyId } = await setUpTrail(local.emulator, api);
  const { cloud } = local.emulator;
  cloud.clock.advance({ minutes: 5 });
  expect((await s3(local.emulator, "PUT", `/${bucket}/invoices/1.pdf`, { body: "1" })).status).toBe(200);
  const told = await adopt(local, stack, [trailId]);
  expect(told).toMatchObject({ exitCode: 0, refusals: [], left: [] });
  expect(told.onlyUsed).toEqual([
    `Bucket ${bucket} is only used and not managed: it holds other data than the trails' logs, such as invoices/1.pdf.`,
    `Key ${keyId} is only used and not managed: bucket ${bucket}, which it encrypts, is only used.`,
  ]);
  expect(told.configuration).toMatchObject({
    bucketFolderId: cloud.folderId,
    encryption: { key: "existing", keyId },
  });
  await expectAdopted(
    local,
    stack,
    sevenResources.filter((type) => type !== "StorageBucket" && type !== "KmsSymmetricKey"),
  );
});
