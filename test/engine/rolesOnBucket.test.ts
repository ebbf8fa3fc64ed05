import { startNewer } from "../support/newerStack";

const role = "storage.uploader";
const config = { protected: "false" };
const onBucket = { ...config, roles: { uploader: "bucket" } };
const bucketEvent = "storage.BucketAccessBindingsUpdate";
const folderEvent = "resourcemanager.UpdateFolderAccessBindings";

test("a stack moves from the folder to the bucket and back, and its account has the role to upload at every moment", async () => {
  await using stack = await startNewer();
  const { local, newer } = stack;
  const { cloud } = local.emulator;
  await local.up({}, newer);
  const account = cloud.trails.all()[0]?.serviceAccountId ?? "";
  const places = () =>
    [cloud.folderId, "audit-logs"].filter((place) =>
      cloud.access.list(place).some(({ roleId, subject }) => roleId === role && subject.id === account),
    );
  /** Changes of roles on the folder and on the bucket since then, in their order. */
  const changesSince = (sequence: number) =>
    cloud.auditLog
      .after(sequence)
      .map(({ event }) => event.event_type.replace("yandex.cloud.audit.", ""))
      .filter((type) => type === bucketEvent || type === folderEvent);
  expect(places()).toEqual([cloud.folderId]);

  // Protected, it is refused before a role is granted.
  const { output } = await local.failingUp({ roles: onBucket.roles }, newer);
  expect(output).toContain(
    '"audit-trails-account-storage.uploader" grants a role that `roles` does not choose any more',
  );
  expect(places()).toEqual([cloud.folderId]);
  await local.up(config, newer);

  let from = cloud.auditLog.lastSequence;
  const { trail } = await local.up(onBucket, newer);
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(places()).toEqual(["audit-logs"]);
  expect(changesSince(from)).toEqual([bucketEvent, folderEvent]);
  await local.up(onBucket, newer, { args: ["--expect-no-changes"] });

  from = cloud.auditLog.lastSequence;
  await local.up(config, newer);
  expect(places()).toEqual([cloud.folderId]);
  expect(changesSince(from)).toEqual([folderEvent, bucketEvent]);
});

test("if others have the role on the bucket nothing is granted, and the preview names them with the options", async () => {
  await using stack = await startNewer();
  const { local, newer } = stack;
  const { cloud } = local.emulator;
  await local.up(config, newer);
  const other = { roleId: role, subject: { type: "userAccount", id: "backup" } };
  cloud.access.add("audit-logs", other);
  const before = cloud.auditLog.lastSequence;

  await expect((await local.open(onBucket, newer)).preview()).rejects.toThrow(
    "userAccount:backup has the role storage.uploader on bucket audit-logs too",
  );
  const { output } = await local.failingUp(onBucket, newer);
  expect(output).toContain("Either keep `roles.uploader: folder`, or grant it to the others on the folder");
  expect(output).toContain(
    "yc storage bucket remove-access-binding audit-logs --role storage.uploader --subject userAccount:backup",
  );
  expect(cloud.auditLog.lastSequence).toBe(before);
  expect(cloud.access.list("audit-logs")).toEqual([other]);
});
