import { bucketPolicyOf } from "../../../components/bucket/policy";
import { markdownOf } from "../../../operate/diff/markdown";
import { reportOn } from "../../../operate/diff/report";
import { exported, preview, stack, theirs, unknownText } from "../../support/engineOutput";

type Made = ReturnType<typeof theirs>;

const index = (type: string) => `yandex:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
const made = (type: string, name: string, inputs: object, more: Partial<Made> = {}): Made => ({
  ...theirs(index(type), name, { ...inputs }),
  ...more,
});
const user = "userAccount:u";
const member = (where: "Folder" | "Cloud", inputs: object) =>
  made(`Resourcemanager${where}IamMember`, "member", { role: "storage.admin", member: user, ...inputs });

/** The report on a program that is given more resources, which are none of the library's. */
const reportWith = (...more: readonly Made[]) => reportWithin([], ...more);
const reportWithin = (standing: readonly Made[], ...more: readonly Made[]) => {
  const before = [...stack(), ...standing];
  return reportOn({ preview: preview(before, [...before, ...more]), state: exported(before) });
};

describe("roles of others that reach the logs", () => {
  const policy = (...bindings: object[]) =>
    made("ResourcemanagerFolderIamPolicy", "policy", {
      folderId: "folder",
      policyData: JSON.stringify({ bindings }),
    });
  const uploader = { role: "storage.uploader", members: ["serviceAccount:account-id"] };
  test.each<[string, readonly Made[], string[], RegExp]>([
    [
      "a stranger on the folder",
      [member("Folder", { folderId: "folder" })],
      ["weaker"],
      /change or delete logs/,
    ],
    [
      "anybody on the folder",
      [member("Folder", { folderId: "folder", role: "viewer", member: "system:allUsers" })],
      ["weaker"],
      /Anybody may read logs/,
    ],
    [
      "a group on the folder",
      [member("Folder", { folderId: "folder", role: "editor", member: "group:g" })],
      ["weaker"],
      /group:g/,
    ],
    [
      "a role that no document names",
      [member("Folder", { folderId: "folder", role: "storage.somethingNew" })],
      ["unknown"],
      /perhaps may/,
    ],
    [
      "a role that is not known yet",
      [member("Folder", { folderId: "folder", role: unknownText })],
      ["unknown"],
      /perhaps/,
    ],
    [
      "a folder that is not known yet",
      [member("Folder", { folderId: unknownText })],
      ["unknown"],
      /is unknown/,
    ],
    [
      "a binding",
      [
        made("ResourcemanagerFolderIamBinding", "b", {
          folderId: "folder",
          role: "kms.admin",
          members: [user],
        }),
      ],
      ["weaker"],
      /stop delivery/,
    ],
    [
      "a cloud that may hold the folder",
      [member("Cloud", { cloudId: "c" })],
      ["unknown"],
      /Whether the cloud holds/,
    ],
    [
      "the organization whose events are collected",
      [
        made("OrganizationmanagerOrganizationIamMember", "m", {
          ...{ organizationId: "org", role: "admin", member: user },
        }),
      ],
      ["weaker"],
      /give such roles to anybody/,
    ],
    [
      "another organization",
      [
        made("OrganizationmanagerOrganizationIamBinding", "m", {
          organizationId: "o",
          role: "editor",
          members: [user],
        }),
      ],
      ["unknown"],
      /is unknown/,
    ],
    [
      "a policy of the whole folder that leaves the uploader out",
      [policy({ role: "viewer", members: [user] })],
      ["stop", "weaker"],
      /storage.uploader on folder/,
    ],
    ["one that names nobody", [policy()], ["stop"], /storage.uploader on folder/],
    ["one that names the uploader alone", [policy(uploader)], ["unchanged"], /./],
    [
      "one that is not known yet",
      [made("ResourcemanagerFolderIamPolicy", "p", { folderId: "folder", policyData: unknownText })],
      ["stop", "unknown"],
      /perhaps may/,
    ],
    [
      "the key, by a role that only encrypts",
      [
        made("KmsSymmetricKeyIamMember", "m", {
          symmetricKeyId: "key-id",
          role: "kms.keys.encrypter",
          member: user,
        }),
      ],
      ["unchanged"],
      /do not affect/,
    ],
    [
      "the bucket, by all users",
      [
        made("StorageBucketIamBinding", "m", {
          bucket: "audit-logs",
          role: "storage.viewer",
          members: ["system:allUsers"],
        }),
      ],
      ["weaker"],
      /system:allUsers/,
    ],
    [
      "an identity of another system for the trail's account",
      [made("IamWorkloadIdentityFederatedCredential", "w", { serviceAccountId: "account-id" })],
      ["weaker"],
      /overwrite logs/,
    ],
  ])("%s", (_, more, applies, said) => {
    const report = reportWith(...more);
    expect([...report.applies].sort()).toEqual([...applies].sort());
    expect(markdownOf(report)).toMatch(said);
  });

  test.each<[string, Made]>([
    ["a role of another service", member("Folder", { folderId: "folder", role: "compute.admin" })],
    ["a role on another folder", member("Folder", { folderId: "elsewhere" })],
    ["a role to see settings", member("Folder", { folderId: "folder", role: "resource-manager.viewer" })],
    [
      "a role on another key",
      made("KmsSymmetricKeyIamMember", "m", { symmetricKeyId: "k", role: "kms.admin", member: user }),
    ],
    ["another bucket, open to all", made("StorageBucket", "shop", { bucket: "shop", acl: "public-read" })],
    ["an object in another bucket", made("StorageObject", "o", { bucket: "shop", key: "a" })],
    ["a virtual machine", made("ComputeInstance", "vm", { folderId: "folder" })],
  ])("%s is not mentioned", (_, other) => {
    expect(reportWith(other)).toMatchObject({ applies: ["unchanged"], rows: [], losses: [] });
  });

  test("it is known whether a cloud holds the logs if the program makes its folders", () => {
    const folder = made("ResourcemanagerFolder", "logs", { cloudId: "c" }, { id: "folder" });
    const on = (cloudId: string) => reportWithin([folder], member("Cloud", { cloudId })).applies;
    expect([on("c"), on("other")]).toEqual([["weaker"], ["unchanged"]]);
  });

  test("the loss of such a role is reported too, and roles on unknown places are not", () => {
    const sure = [...stack(), member("Folder", { folderId: "folder" })];
    const perhaps = [...stack(), member("Cloud", { cloudId: "c" })];
    const [stronger, open] = [sure, perhaps].map((before) =>
      reportOn({ preview: preview(before, stack()), state: exported(before) }),
    );
    expect(stronger?.applies).toEqual(["stronger"]);
    expect(open?.rows).toMatchObject([{ note: expect.stringContaining("is unknown") }]);
  });
});

describe("settings and objects of others in the bucket", () => {
  const denying = JSON.stringify({
    Statement: [
      { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::audit-logs/*" },
    ],
  });
  const grant = {
    type: "Group",
    uri: "http://acs.amazonaws.com/groups/global/AllUsers",
    permissions: ["READ"],
  };
  test.each<[string, Made, string[]]>([
    [
      "a policy that denies uploads",
      made("StorageBucketPolicy", "p", { bucket: "audit-logs", policy: denying }),
      ["stop", "stronger"],
    ],
    [
      "a policy that lets everybody in",
      made("StorageBucketPolicy", "p", {
        bucket: "audit-logs",
        policy: bucketPolicyOf("audit-logs", ["account-id"], {
          administrators: ["*"],
          denyDelete: false,
          tlsOnly: false,
        }),
      }),
      ["weaker"],
    ],
    [
      "a policy that is not known yet",
      made("StorageBucketPolicy", "p", { bucket: "audit-logs", policy: unknownText }),
      ["weaker"],
    ],
    [
      "a grant to all",
      made("StorageBucketGrant", "g", { bucket: "audit-logs", grants: [grant] }),
      ["weaker"],
    ],
    ["an object", made("StorageObject", "o", { bucket: "audit-logs", key: "a" }), ["unknown"]],
    [
      "settings of a kind that is new",
      made("StorageBucketLifecycle", "l", { bucket: "audit-logs", rules: [] }),
      ["unknown"],
    ],
    [
      "a second resource of the same bucket",
      made("StorageBucket", "b", { bucket: "audit-logs" }),
      ["unknown"],
    ],
  ])("%s", (_, other, applies) => {
    expect(reportWith(other).applies).toEqual(applies);
  });

  test("a deletion of the logs' folder deletes the logs", () => {
    const folder = made("ResourcemanagerFolder", "logs", { cloudId: "c" }, { id: "folder" });
    const before = [...stack(), folder];
    const report = reportOn({ preview: preview(before, stack()), state: exported(before) });
    expect(report.losses).toMatchObject([{ subject: { kind: "folder" }, effect: "unreadable" }]);
  });
});

describe("a bucket, key or account that the trails use and another part of the program manages", () => {
  const uses = () => {
    const [account, key, bucket, ...others] = stack();
    return [
      { ...account, ...made("IamServiceAccount", "own", { name: "a" }, { id: "account-id" }) },
      { ...key, ...made("KmsSymmetricKey", "own", key?.inputs ?? {}, { id: "key-id" }) },
      { ...bucket, ...made("StorageBucket", "own", bucket?.inputs ?? {}, { id: "audit-logs" }) },
      ...others,
    ].map((one) => ({ ...one, retainOnDelete: false })) as Made[];
  };
  test.each<[string, (one: Made) => Made | undefined, string[]]>([
    [
      "a lifecycle rule comes",
      set(":StorageBucket", { lifecycleRules: [{ enabled: true, expiration: { days: 1 } }] }),
      ["unreadable"],
    ],
    ["the key may be deleted", set(":KmsSymmetricKey", { deletionProtection: false }), ["weaker"]],
    ["an unknown setting", set(":StorageBucket", { somethingNew: 1 }), ["unknown"]],
    ["the bucket goes", (one) => (one.type.endsWith(":StorageBucket") ? undefined : one), ["unreadable"]],
    ["another description", set(":IamServiceAccount", { description: "x" }), ["unchanged"]],
  ])("%s", (_, change, applies) => {
    const [before, after] = [uses(), uses().flatMap((one) => change(one) ?? [])];
    const report = reportOn({ preview: preview(before, after), state: exported(before) });
    expect(report.applies).toEqual(expect.arrayContaining(applies));
    expect(report.verdict).toBe(applies[0]);
  });

  function set(type: string, inputs: object) {
    return (one: Made): Made =>
      one.type.endsWith(type) ? { ...one, inputs: { ...one.inputs, ...inputs } } : one;
  }

  test("a bucket and a key outside of the stack count by their name and id", () => {
    const before = stack().filter(({ type }) => !/StorageBucket$|KmsSymmetricKey$/.test(type));
    const bucket = made("StorageBucketIamBinding", "m", {
      bucket: "audit-logs",
      role: "storage.admin",
      members: [user],
    });
    const report = reportOn({ preview: preview(before, [...before, bucket]), state: exported(before) });
    expect(report.applies).toEqual(["weaker"]);
  });
});
