import { readFileSync } from "node:fs";
import type { CloudApi } from "../../../api/connection";
import { refusalOfCredentials } from "../../../api/identity";
import { documentedChoices } from "../../../components/roles";
import type { Call } from "../../../emulator/backend/calls";
import { checkOf, linesOf, Stack } from "./stack";

const { uploader, key } = documentedChoices;
/** The statements of the documents on the guide's roles. */
const onTheGuide = [uploader.folder, key.encrypterDecrypter];

describe("roles of the trail's account", () => {
  test.each([
    ["group", "robots"],
    ["system", "group:organization:bpfo:users"],
  ])("that it does not need and may have through a %s are unknown", async (type, id) => {
    await using stack = await Stack.start();
    stack.grant(stack.cloud.folderId, "storage.admin", id, type);
    const check = checkOf(await stack.verify(), "roles");
    expect([check.result, check.details]).toEqual([
      "unknown",
      [
        `It is unknown whether it has storage.admin on folder ${stack.cloud.folderId}, which it does not need: ${type} ${id} has it.`,
        ...onTheGuide,
      ],
    ]);
  });

  test("that everybody has count as its own: a surplus one is bad, and a needed one is enough", async () => {
    await using stack = await Stack.start();
    const { cloud, account } = stack;
    stack.grant(cloud.folderId, "storage.uploader", "allAuthenticatedUsers");
    cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });
    expect(checkOf(await stack.verify(), "roles").result).toBe("good");
    stack.grant(cloud.folderId, "storage.admin", "allUsers");
    expect(checkOf(await stack.verify(), "roles")).toMatchObject({
      result: "bad",
      details: [expect.stringContaining("It has storage.admin on folder"), ...onTheGuide],
    });
  });

  test("on the bucket alone and to encrypt alone are good if the stack grants them, and the report quotes the documentation", async () => {
    await using stack = await Stack.start();
    const { cloud, account, keyId = "" } = stack;
    const member = `serviceAccount:${account.id}`;
    cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });
    cloud.access.remove(keyId, { roleId: "kms.keys.encrypterDecrypter", subject: account });
    cloud.access.add("audit-logs", { roleId: "storage.uploader", subject: account });
    cloud.access.add(keyId, { roleId: "kms.keys.encrypter", subject: account });
    const roles = async () => checkOf(await stack.verify(), "roles");
    // Nothing says that this was chosen.
    expect((await roles()).result).toBe("unknown");
    stack.given.push(
      [
        "yandex:index/storageBucketIamBinding:StorageBucketIamBinding",
        { bucket: "audit-logs", role: "storage.uploader", members: [member] },
      ],
      [
        "yandex:index/kmsSymmetricKeyIamMember:KmsSymmetricKeyIamMember",
        { symmetricKeyId: keyId, role: "kms.keys.encrypter", member },
      ],
    );
    expect(await roles()).toMatchObject({ result: "good", details: [uploader.bucket, key.encrypter] });
    expect(uploader.bucket + key.encrypter).toMatch(/Not tried on an account.*Not tried on an account/);

    stack.grant(cloud.folderId, "storage.uploader", account.id, account.type);
    expect(linesOf(await roles())).toContain("It has storage.uploader on folder");
    cloud.access.remove(cloud.folderId, { roleId: "storage.uploader", subject: account });
    cloud.access.remove("audit-logs", { roleId: "storage.uploader", subject: account });
    expect(linesOf(await roles())).toMatch(
      /It lacks storage.uploader on bucket \w+ or folder \w+, which the stack gave it\. Grant it: yc storage bucket add-access-binding audit-logs --role storage.uploader --subject serviceAccount:/,
    );
  });
});

describe("keys of the trail's account", () => {
  test.each<[string, (stack: Stack, call: Call) => unknown, RegExp]>([
    [
      "static",
      ({ cloud, accountId }, call) => cloud.accessKeys.create(call, accountId, ""),
      /It has static key (\S+), created at \S+Z\. Delete it: yc iam access-key delete \1$/m,
    ],
    [
      "authorized",
      ({ cloud, accountId }, call) => cloud.authorizedKeys.create(call, accountId, "", "RSA_2048"),
      /It has authorized key (\S+), created at \S+Z\. Delete it: yc iam key delete \1$/m,
    ],
  ])("that are %s are reported with the command that deletes them", async (_kind, make, says) => {
    await using stack = await Stack.start();
    expect(checkOf(await stack.verify(), "account").result).toBe("good");
    make(stack, stack.stranger);
    const check = checkOf(await stack.verify(), "account");
    expect([check.result, linesOf(check)]).toEqual(["bad", expect.stringMatching(says)]);
  });

  test("that may not be listed are unknown", async () => {
    await using stack = await Stack.start();
    stack.cloud.faults.fail({ method: "AccessKeyService/List" }, "PERMISSION_DENIED", { times: 9 });
    expect(checkOf(await stack.verify(), "account").result).toBe("unknown");
  });
});

describe("a role that a stranger gives on the folder", () => {
  test.each([
    ["viewer", "allUsers", "system"],
    ["storage.viewer", "allAuthenticatedUsers", "system"],
    ["kms.keys.decrypter", "ajex", "userAccount"],
    ["resource-manager.clouds.owner", "ajex", "userAccount"],
    ["iam.serviceAccounts.accessKeyAdmin", "ajegroup", "group"],
  ])("is reported if it reaches logs: %s for %s", async (roleId, id, type) => {
    await using stack = await Stack.start();
    const { cloud, stranger } = stack;
    const known = cloud.access.add.bind(cloud.access);
    // Some roles are none of the local cloud's.
    cloud.access.add = (on, binding) =>
      binding.roleId.startsWith("resource-manager.clouds") ? undefined : known(on, binding);
    cloud.groups.put("ajegroup", []);
    cloud.accessBindings.update(stranger, "folder", cloud.folderId, [
      { action: "ADD", accessBinding: { roleId, subject: { type, id } } },
    ]);
    stack.deliver();
    expect(checkOf(await stack.verify(), "changes")).toMatchObject({
      result: "bad",
      details: [expect.stringMatching(/resourcemanager\.UpdateFolderAccessBindings: .*stranger/)],
    });
  });

  test("is left out if it does not reach logs", async () => {
    await using stack = await Stack.start();
    const { cloud, stranger } = stack;
    cloud.accessBindings.update(stranger, "folder", cloud.folderId, [
      {
        action: "ADD",
        accessBinding: { roleId: "kms.auditor", subject: { type: "system", id: "allUsers" } },
      },
    ]);
    stack.deliver();
    expect(checkOf(await stack.verify(), "changes").result).toBe("good");
  });
});

describe("credentials", () => {
  test("that have expired are reported in one line, and no check is good", async () => {
    await using stack = await Stack.start();
    const connection = await stack.connect();
    stack.pass({ hours: 13 });
    expect(await refusalOfCredentials(connection)).toMatchObject({ code: 16 });
    const token = stack.emulator.issueToken.bind(stack.emulator);
    stack.emulator.issueToken = (subject) => token(subject, { seconds: -1 });
    const { text, result } = await stack.verify();
    expect(result).toBe("unknown");
    expect(text.split("\n")).toEqual([
      "Audit logs of stack dev",
      expect.stringMatching(/^Trail audit-trails /),
      expect.stringMatching(
        /^ {2}\? +credentials {2}The credentials are not accepted: UNAUTHENTICATED: .* export YC_TOKEN=\$\(yc iam create-token\)$/,
      ),
      "Something is unknown: see ?.",
      "",
    ]);
  });
});

test("a defect of this program is never reported as a failure of the service", async () => {
  await using stack = await Stack.start();
  stack.deliver();
  const defects = ["TrailService/Get", "BucketService/Get", "ListAccessBindings", "AccessKeyService/List"];
  for (const method of defects) {
    const connection = await stack.connect();
    const failing = {
      ...connection,
      call: ((...args: Parameters<CloudApi["call"]>) => {
        if (args[1].path.endsWith(method)) throw new TypeError("undefined is not a function");
        return connection.call(...args);
      }) as CloudApi["call"],
    };
    stack.connect = async () => failing;
    await expect(stack.verify()).rejects.toThrow("undefined is not a function");
    stack.connect = async () => connection;
  }
  expect((await stack.verify()).result).toBe("info");
});

describe("the roles that the page of verify names", () => {
  const roles = [
    ...readFileSync("docs/commands/verify.md", "utf8").matchAll(
      /^\| (organization|folder) \| `([\w.-]+)` \| [a-z][a-z ,]+ \|$/gm,
    ),
  ].map(([, on = "", role = ""]) => ({ on, role }));
  const subject = { type: "userAccount", id: "watcher" };

  /** The result for somebody with the roles, but for one, whether encrypted or not. */
  async function resultWithout(one?: string): Promise<string> {
    await using stack = await Stack.start();
    const { cloud } = stack;
    stack.deliver();
    for (const { on, role } of roles)
      if (role !== one)
        stack.grant(on === "folder" ? cloud.folderId : cloud.organizationId, role, subject.id, subject.type);
    return (await stack.verify({}, { subject })).result;
  }

  test("are enough for all checks except the event", async () => {
    expect(roles).toHaveLength(7);
    expect(await resultWithout()).toBe("info");
  });

  test.each(roles.map(({ role }) => role))(
    "are all needed: without %s something is unknown",
    async (role) => {
      expect(await resultWithout(role)).toBe("unknown");
    },
  );
});
