import { readFileSync } from "node:fs";
import { readBucketSettings } from "../../../api/bucketSettings";
import { CloudView } from "../../../operate/preflight/cloudView";
import { checkRoles } from "../../../operate/verify/roles";
import { targetsOf } from "../../../operate/verify/target";
import { bucketName } from "../../support/localStack";
import { Copy, checkOf, hardened, linesOf, type Made, standard, testBreaks, watcher } from "./stacks";

testBreaks([
  {
    what: "the role to upload is missing",
    breaks: ({ cloud, account }) =>
      cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account }),
    check: "roles",
    reported:
      /It lacks storage.uploader on folder \w+ or bucket \w+, which the stack gave it. Grant it: yc resource-manager folder add-access-binding --id \w+ --role storage.uploader --subject serviceAccount:/,
  },
  {
    what: "a role too many",
    breaks: ({ cloud, account }) =>
      cloud.access.add(cloud.folderId, { roleId: "storage.admin", subject: account }),
    check: "roles",
    reported: /It has storage.admin on folder \w+, which it does not need/,
  },
  {
    what: "a wider role instead of the needed one",
    breaks: ({ cloud, account }) => {
      cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });
      cloud.access.add(cloud.folderId, { roleId: "storage.editor", subject: account });
    },
    check: "roles",
    reported:
      /^The account \w+ has surplus roles.\nIt has storage.editor on folder \w+, which it does not need/,
  },
  {
    what: "who has a role on the key may not be read",
    breaks: (copy) =>
      copy.cloud.faults.fail({ method: "SymmetricKeyService/ListAccessBindings" }, "PERMISSION_DENIED", {
        times: 99,
      }),
    check: "roles",
    result: "unknown",
    reported:
      /It is unknown whether it has kms.keys.encrypterDecrypter on key \w+: key \w+: PERMISSION_DENIED/,
  },
]);

describe("roles that the stack did not give", () => {
  const rolesWith = async (copy: Copy) => {
    const [target] = targetsOf(standard.view);
    if (!target) throw new Error("there is no trail");
    const cloud = await copy.connect();
    const settings = await readBucketSettings(bucketName, cloud);
    return checkRoles(
      { ...target, granted: [] },
      [target],
      new Map([[bucketName, settings]]),
      new CloudView(cloud),
    );
  };
  const without = ({ cloud, account }: Copy) =>
    cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });

  test("may be a group's", async () => {
    await using copy = await Copy.of(standard);
    without(copy);
    const subject = { type: "group", id: "uploaders" };
    copy.cloud.access.add(copy.cloud.folderId, { roleId: "storage.uploader", subject });
    const check = await rolesWith(copy);
    expect(check.result).toBe("unknown");
    expect(linesOf(check)).toMatch(/It is unknown whether it has storage.uploader on .*: .*a group has it/);
  });

  test("may be those of an unreadable cloud, and are missing if the cloud can be read", async () => {
    await using copy = await Copy.of(standard);
    without(copy);
    const { cloud } = copy;
    cloud.access.remove(cloud.organizationId, {
      roleId: "resource-manager.auditor",
      subject: cloud.deployer,
    });
    expect((await rolesWith(copy)).result).toBe("unknown");
    cloud.access.add(cloud.cloudId, { roleId: "resource-manager.admin", subject: cloud.deployer });
    const check = await rolesWith(copy);
    expect([check.result, linesOf(check)]).toEqual([
      "bad",
      expect.stringContaining("It lacks storage.uploader"),
    ]);
  });

  test("are inherited from a cloud that can be read", async () => {
    await using copy = await Copy.of(standard);
    without(copy);
    const { cloud, account } = copy;
    cloud.access.add(cloud.cloudId, { roleId: "resource-manager.admin", subject: cloud.deployer });
    cloud.access.add(cloud.cloudId, { roleId: "storage.uploader", subject: account });
    const check = await rolesWith(copy);
    expect(linesOf(check)).toContain(
      `It has storage.uploader on cloud ${cloud.cloudId}, which it does not need`,
    );
    expect(linesOf(check)).not.toContain("lacks");
  });
});

describe("the roles that the page of verify names", () => {
  const roles = [
    ...readFileSync("docs/commands/verify.md", "utf8").matchAll(
      /^\| (organization|folder) \| `([\w.-]+)` \| [a-z][a-z ,]+ \|$/gm,
    ),
  ].map(([, on = "", role = ""]) => ({ on, role }));
  const asWatcher = async (stack: Made, without?: string) => {
    await using copy = await Copy.of(stack);
    const { cloud } = copy;
    copy.deliver();
    for (const { on, role: roleId } of roles)
      if (roleId !== without)
        cloud.access.add(on === "folder" ? cloud.folderId : cloud.organizationId, {
          roleId,
          subject: watcher,
        });
    const found = await copy.verify({}, undefined, watcher);
    // They can cause no event.
    const whole = await copy.verify({ quick: false }, undefined, watcher);
    return [found.result, checkOf(whole, "delivery")?.result];
  };

  test("are enough for all checks except the event", async () => {
    expect(roles).toHaveLength(7);
    expect(await asWatcher(standard)).toEqual(["info", "unknown"]);
    expect(await asWatcher(hardened)).toEqual(["info", "unknown"]);
  });

  test.each(roles.map(({ role }) => role))(
    "are all needed: without %s something is unknown",
    async (role) => {
      expect((await asWatcher(standard, role))[0]).toBe("unknown");
    },
  );
});
