import type { Emulator } from "../../../emulator";
import { planOfArgs } from "../../../operate/preflight/planOfArgs";
import { preflight } from "../../../operate/preflight/preflight";
import { reportOf, textOf } from "../../../operate/preflight/report";
import { Api, setUpTrail } from "../../support/api";
import { connectionTo } from "../../support/connection";
import { start } from "./setUp";

test("a main bucket to which no trail delivers takes the role to upload from nobody", () => {
  const plan = planOfArgs({
    ...{ organizationId: "o", folderId: "f", bucketName: "main", bucketFolderId: "f" },
    roles: { uploader: "bucket" },
    trails: { organization: { bucketName: "other", bucketFolderId: "f", serviceAccountId: "a" } },
  });
  expect(plan.soleUploads).toEqual([{ bucketName: "other", accountIds: ["a"] }]);
  expect(plan.grants.filter(({ on }) => on.type === "storage.bucket").map(({ on }) => on.id)).toEqual([
    "other",
  ]);
});

describe("the role to upload, on the bucket alone", () => {
  const bucket = "audit-logs";

  /** A set-up that exists, whose roles are to be on the bucket and to encrypt alone. */
  async function checked(change: (emulator: Emulator, accountId: string) => unknown) {
    await using emulator = await start();
    using api = new Api(emulator);
    const { keyId, accountId } = await setUpTrail(emulator, api);
    await change(emulator, accountId);
    const { organizationId, folderId, deployer } = emulator.cloud;
    const plan = planOfArgs({
      ...{ organizationId, folderId, bucketName: bucket, bucketFolderId: folderId },
      ...{ encryption: { key: "existing", keyId }, serviceAccountId: accountId },
      roles: { uploader: "bucket", key: "encrypter" },
    });
    const { checks } = await preflight(plan, connectionTo(emulator), deployer);
    return textOf(reportOf(checks, { deployer }));
  }

  test("requires storage.admin on the bucket, and no other account with it", async () => {
    const text = await checked((emulator, id) =>
      emulator.cloud.access.add(bucket, {
        roleId: "storage.uploader",
        subject: { type: "serviceAccount", id },
      }),
    );
    expect(text).toMatch(/ok +role storage.admin on bucket audit-logs/);
    expect(text).toMatch(/ok +role kms.keys.encrypter on key /);
    expect(text).toMatch(/ok +uploaders of bucket audit-logs\n/);
    expect(text).not.toMatch(/role storage.uploader on folder|folder of bucket/);
  });

  test("is a problem if others have it: they are named, with the options", async () => {
    const text = await checked(({ cloud }) =>
      cloud.access.add(bucket, {
        roleId: "storage.uploader",
        subject: { type: "userAccount", id: "backup" },
      }),
    );
    expect(text).toMatch(
      /problem +uploaders of bucket audit-logs: userAccount:backup has the role storage.uploader on bucket audit-logs too\. With `roles\.uploader: bucket`/,
    );
    expect(text).toContain("Either keep `roles.uploader: folder`, or grant it to the others on the folder");
    expect(text).toContain(
      "yc storage bucket remove-access-binding audit-logs --role storage.uploader --subject userAccount:backup",
    );
  });

  test("is unknown if the roles on the bucket may not be read", async () => {
    const text = await checked(({ cloud }) =>
      cloud.faults.fail({ method: "BucketService/ListAccessBindings" }, "PERMISSION_DENIED", { times: 9 }),
    );
    expect(text).toMatch(
      /\? +uploaders of bucket audit-logs: The roles on it cannot be read: PERMISSION_DENIED|unknown +uploaders of bucket/,
    );
  });
});
