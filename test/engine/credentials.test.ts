import { createKey } from "../support/authorizedKey";
import { bucketName, LocalStack } from "../support/localStack";

test("the official provider deploys with an authorized key, which it exchanges for a token itself", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const { accountId, keyId, privateKey } = await createKey(local.emulator);
  const subject = { type: "serviceAccount", id: accountId };
  for (const id of [cloud.organizationId, cloud.folderId])
    for (const { roleId } of cloud.access.list(id)) cloud.access.add(id, { roleId, subject });
  const serviceAccountKey = { id: keyId, service_account_id: accountId, private_key: privateKey };
  const environment = { YC_TOKEN: "", YC_SERVICE_ACCOUNT_KEY_FILE: JSON.stringify(serviceAccountKey) };
  await local.up({ activeTimeoutSeconds: 0 }, { environment });
  expect(cloud.buckets.find(bucketName)).toBeDefined();
  const creation = cloud.auditLog.after(0).find(({ event }) => event.event_type.endsWith("CreateTrail"));
  expect(creation?.event.authentication).toMatchObject({
    subject_type: "SERVICE_ACCOUNT",
    subject_id: accountId,
  });
});
