import type { Call } from "../../../emulator/backend/calls";
import { bucketName, byDeployer } from "../../support/localStack";
import { Copy, checkOf, standard, testBreaks } from "./stacks";

testBreaks([
  {
    what: "a stranger suspends versioning",
    breaks: (copy) => {
      copy.cloud.buckets.update(copy.stranger, bucketName, { versioning: "VERSIONING_SUSPENDED" });
      copy.deliver();
    },
    check: "changes",
    reported:
      /Others than the deploying account changed trail, bucket audit-logs, key or roles\.\n\S+Z storage.BucketUpdate: yandex passport user account stranger from 203.0.113.7/,
  },
  {
    what: "a stranger is refused",
    breaks: (copy) => {
      const subject = { type: "userAccount", id: "nobody" };
      expect(() => copy.cloud.trails.delete({ ...copy.stranger, subject }, copy.trail.id)).toThrow();
      copy.deliver();
    },
    check: "changes",
    result: "info",
    reported: /Others tried to change .*, without success\.\n\S+ audittrails.DeleteTrail, refused or failed/,
  },
]);

describe("without --deployer", () => {
  test("the creator of the trail may change what it needs, also much later, and nobody else may", async () => {
    await using copy = await Copy.of(standard);
    copy.deliver();
    const { deployer } = copy.cloud;
    const check = checkOf(await copy.verify({ deployers: [] }), "changes");
    expect([check?.result, check?.text]).toEqual([
      "good",
      expect.stringMatching(`^Nobody but ${deployer.id}, who created the trail, changed .* 11 changes\\.$`),
    ]);
    copy.pass({ hours: 24 * 10 });
    copy.set({ maxSize: 10 ** 9 });
    copy.deliver();
    expect(checkOf(await copy.verify({ deployers: [] }), "changes")).toMatchObject({
      result: "good",
      text: expect.stringContaining("1 change."),
    });
    copy.cloud.buckets.update(copy.stranger, bucketName, { maxSize: 10 ** 8 });
    copy.deliver();
    expect(checkOf(await copy.verify({ deployers: [] }), "changes")?.result).toBe("bad");
  });

  test("changes are unknown if nobody knows the creator of the trail", async () => {
    await using copy = await Copy.of(standard);
    copy.delete(copy.deliver(), copy.cloud.objects.versionsOf(bucketName, copy.keys[0] ?? "")[0]?.versionId);
    copy.set({ maxSize: 10 ** 9 });
    copy.deliver();
    expect(checkOf(await copy.verify({ deployers: [] }), "changes")).toMatchObject({
      result: "unknown",
      text: expect.stringContaining("name it with --deployer"),
    });
  });
});

describe("changes by a stranger", () => {
  /** An action, and the type of its event if it concerns the trail. */
  const doings: { what: string; does: (copy: Copy, by: Call) => unknown; reported?: string }[] = [
    {
      what: "takes a role of the account away",
      does: ({ cloud, account }, by) =>
        cloud.accessBindings.update(by, "folder", cloud.folderId, [
          { action: "REMOVE", accessBinding: { roleId: "storage.uploader", subject: account } },
        ]),
      reported: "resourcemanager.UpdateFolderAccessBindings",
    },
    {
      what: "gives somebody a role for buckets",
      does: ({ cloud }, by) =>
        cloud.accessBindings.update(by, "folder", cloud.folderId, [
          {
            action: "ADD",
            accessBinding: { roleId: "storage.admin", subject: { type: "userAccount", id: "x" } },
          },
        ]),
      reported: "resourcemanager.UpdateFolderAccessBindings",
    },
    {
      what: "switches the key off",
      does: ({ cloud, keyId }, by) => cloud.keys.update(by, { keyId, status: "INACTIVE" }, ["status"]),
      reported: "kms.UpdateSymmetricKey",
    },
    {
      what: "gives somebody a role on the key",
      does: ({ cloud, keyId }, by) =>
        cloud.accessBindings.update(by, "symmetricKey", keyId, [
          {
            action: "ADD",
            accessBinding: { roleId: "kms.keys.decrypter", subject: { type: "userAccount", id: "x" } },
          },
        ]),
      reported: "kms.UpdateSymmetricKeyAccessBindings",
    },
    {
      what: "makes a key for the account",
      does: ({ cloud, account }, by) => cloud.accessKeys.create(by, account.id, ""),
      reported: "iam.CreateAccessKey",
    },
    {
      what: "renames the trail",
      does: ({ cloud, trail }, by) => cloud.trails.update(by, { trailId: trail.id, name: "other" }, ["name"]),
      reported: "audittrails.UpdateTrail",
    },
    {
      what: "makes a bucket of their own",
      does: ({ cloud }, by) => cloud.buckets.create(by, { folderId: cloud.folderId, name: "their-own" }),
    },
    {
      what: "makes an account of their own",
      does: ({ cloud }, by) =>
        cloud.serviceAccounts.create(by, { folderId: cloud.folderId, name: "their-own" }),
    },
  ];

  test.each(doings)("$what: $reported", async ({ does, reported }) => {
    await using copy = await Copy.of(standard);
    copy.deliver();
    const { memory } = await copy.verify();
    does(copy, copy.stranger);
    // The change may stop the trail, which continues after the correction.
    copy.cloud.keys.update(byDeployer(copy.emulator), { keyId: copy.keyId, status: "ACTIVE" }, ["status"]);
    copy.cloud.access.add(copy.cloud.folderId, { roleId: "storage.uploader", subject: copy.account });
    copy.deliver();
    const check = checkOf(await copy.verify({ memory }), "changes");
    expect([check?.result, check?.details ?? []]).toEqual(
      reported
        ? ["bad", [expect.stringContaining(` ${reported}: yandex passport user account stranger`)]]
        : ["good", []],
    );
  });
});
