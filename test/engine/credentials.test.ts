import { createKey, keyFileOf } from "../support/authorizedKey";
import { bucketName, LocalStack } from "../support/localStack";

test("with only an authorized key, deployment, check of the trail and removal work", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const key = await createKey(local.emulator);
  const { accountId } = key;
  const subject = { type: "serviceAccount", id: accountId };
  for (const id of [cloud.organizationId, cloud.folderId])
    for (const { roleId } of cloud.access.list(id)) cloud.access.add(id, { roleId, subject });
  const environment = { YC_TOKEN: "", YC_SERVICE_ACCOUNT_KEY_FILE: keyFileOf(key) };
  const deleting = { protected: false, onRemoval: "deleteWithLogs" };
  await local.up(deleting, { environment });
  const creation = cloud.auditLog.after(0).find(({ event }) => event.event_type.endsWith("CreateTrail"));
  expect(creation?.event.authentication).toMatchObject({
    subject_type: "SERVICE_ACCOUNT",
    subject_id: accountId,
  });

  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.list(cloud.deployer, bucketName).length).toBeGreaterThan(0);
  const trailAccount = { type: "serviceAccount", id: cloud.trails.all()[0]?.serviceAccountId ?? "" };
  cloud.access.remove(cloud.organizationId, { roleId: "audit-trails.viewer", subject: trailAccount });
  cloud.clock.advance({ minutes: 5 });
  const { output } = await local.failingUp({ ...deleting, activeTimeoutSeconds: 1 }, { environment });
  expect(output).toContain('The service says: "ACCESS_DENIED: Permission denied".');
  expect(output).toContain("has no role audit-trails.viewer on organization ");

  const stack = await local.open({ ...deleting, activeTimeoutSeconds: 0 }, { environment });
  await stack.destroy({ args: ["--run-program"] });
  expect(cloud.buckets.all()).toEqual([]);
});
