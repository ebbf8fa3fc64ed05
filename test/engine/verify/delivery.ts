import { allEvents, type Collected } from "../../../operate/stack/events";
import { minute } from "../../../operate/verify/check";
import { proveDelivery } from "../../../operate/verify/delivery";
import { targetsOf } from "../../../operate/verify/target";
import { Copy, checkOf, standard, testBreaks, watcher } from "./stacks";

testBreaks([
  {
    what: "nothing was delivered for a while",
    breaks: (copy) => {
      copy.deliver();
      copy.pass({ minutes: 40 });
    },
    check: "newest",
    reported: /The newest log object is 40 min old: \S+\. The maximum age is 30 min\./,
  },
]);

describe("delivery", () => {
  test("that is late is found, and reported as late", async () => {
    await using copy = await Copy.of(standard);
    const { cloud, account } = copy;
    const role = { roleId: "storage.uploader", subject: account };
    cloud.access.remove(cloud.folderId, role);
    let pauses = 0;
    const found = await copy.verify({ quick: false, wait: 30 * minute }, () => {
      pauses += 1;
      if (pauses === 4 * 12) cloud.access.add(cloud.folderId, role);
    });
    expect(checkOf(found, "delivery")?.text).toMatch(/was delivered 15 min later in .* That is late/);
  });

  test("cannot be proven if the event cannot be caused", async () => {
    await using copy = await Copy.of(standard);
    copy.cloud.faults.fail({ method: "ServiceAccountService/Update" }, "INVALID_ARGUMENT");
    const found = await copy.verify({ quick: false });
    expect(checkOf(found, "delivery")).toMatchObject({
      result: "unknown",
      text: expect.stringMatching(
        /which changes nothing, failed: INVALID_ARGUMENT: .*iam.serviceAccounts.admin/,
      ),
    });
  });

  test("cannot be proven by a user who may not read log objects", async () => {
    await using copy = await Copy.of(standard);
    const { cloud } = copy;
    for (const roleId of ["audit-trails.auditor", "storage.viewer", "iam.serviceAccounts.admin"])
      cloud.access.add(cloud.folderId, { roleId, subject: watcher });
    const check = checkOf(await copy.verify({ quick: false }, undefined, watcher), "delivery");
    expect([check?.result, check?.text]).toEqual([
      "unknown",
      expect.stringMatching(/the log objects cannot be read\. AccessDenied: .*\(HTTP 403\)/),
    ]);
  });

  test("is unknown after too short a wait", async () => {
    await using copy = await Copy.of(standard);
    const check = checkOf(await copy.verify({ quick: false, wait: 2 * minute }), "delivery");
    expect([check?.result, check?.text]).toEqual([
      "unknown",
      expect.stringContaining("wait at least 10 min"),
    ]);
  });

  test("into an object that is not encrypted with the bucket's key is bad", async () => {
    await using copy = await Copy.of(standard);
    const rules = [{ kmsMasterKeyId: copy.keyId, sseAlgorithm: "aws:kms" }];
    const found = copy.verify({ quick: false }, () => copy.set({ encryption: { rules: [] } }));
    const check = checkOf(await found, "delivery");
    copy.set({ encryption: { rules } });
    expect([check?.result, check?.text]).toEqual([
      "bad",
      expect.stringContaining("which is not encrypted; the bucket's key is"),
    ]);
  });

  test.each<[string, readonly Collected[], RegExp]>([
    [
      "data events alone",
      [{ kind: "kms", scope: "organization o", events: allEvents }],
      /the trail collects none/,
    ],
    [
      "another folder",
      [{ kind: "management", scope: "folder f", events: allEvents }],
      /collects from folder f\./,
    ],
  ])("cannot be proven if the trail collects %s", async (_name, collected, reported) => {
    await using copy = await Copy.of(standard);
    const [target] = targetsOf(standard.view);
    if (!target) throw new Error("there is no trail");
    const before = copy.cloud.auditLog.lastSequence;
    const { check } = await proveDelivery({ ...target, collected }, copy.keyId, 0, await copy.connect(), {
      now: Date.now,
      pause: async () => {},
      progress: () => {},
    });
    expect([check.result, check.text]).toEqual(["unknown", expect.stringMatching(reported)]);
    expect(copy.cloud.auditLog.lastSequence).toBe(before);
  });

  test("does not change the account", async () => {
    await using copy = await Copy.of(standard);
    const before = copy.cloud.serviceAccounts.require(copy.account.id);
    await copy.verify({ quick: false });
    expect(copy.cloud.serviceAccounts.require(copy.account.id)).toEqual(before);
  });
});
