import { bucketName, LocalStack } from "../support/localStack";
import { standing } from "../support/standingStacks";

test("with a policy the deployer, the trail and the listed readers keep access, others lose it, and there is no drift", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  const reader = { type: "userAccount", id: "reader" };
  const stranger = { type: "userAccount", id: "stranger" };
  for (const subject of [reader, stranger])
    for (const roleId of ["storage.admin", "kms.keys.decrypter"])
      cloud.access.add(cloud.folderId, { roleId, subject });
  const config = { access: { administrators: [cloud.deployer.id], readers: [reader.id] } };
  const { trail } = await local.up(config);
  await local.expectSettled(config);
  cloud.clock.advance({ minutes: 5 });
  const [log] = cloud.objects.list(reader, bucketName, trail.objectKeyPrefix);
  expect(cloud.objects.get(reader, bucketName, log?.key ?? "").body.length).toBe(log?.size);
  expect(() => cloud.objects.list(stranger, bucketName)).toThrow("Access denied");
  expect(() => cloud.objectDeletions.delete(cloud.deployer, bucketName, log?.key ?? "")).toThrow(
    "Access denied",
  );
});

test("a locked bucket keeps the trail's logs, and the up fails if uploads lack Content-MD5", async () => {
  const config = { objectLock: { mode: "GOVERNANCE", days: 1 } };
  {
    await using local = await LocalStack.start();
    const { cloud } = local.emulator;
    await local.up(config);
    cloud.clock.advance({ minutes: 5 });
    const [log] = cloud.objects.list(cloud.deployer, bucketName);
    expect(log?.retention?.mode).toBe("GOVERNANCE");
    const remove = () =>
      cloud.objectDeletions.delete(cloud.deployer, bucketName, log?.key ?? "", log?.versionId);
    expect(remove).toThrow("locked");
  }
  await using local = await LocalStack.start({ switches: { deliveryChecksum: "none" } });
  const { failed } = await local.failingUp({ ...config, rolePropagationTimeoutSeconds: 0 });
  expect(failed).toEqual(["AuditTrailsTrail"]);
});
