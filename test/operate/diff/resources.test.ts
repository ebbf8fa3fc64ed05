import { bucketPolicyOf } from "../../../components/bucket/policy";
import { markdownOf } from "../../../operate/diff/markdown";
import { management, reportOf, type Stack, scope } from "../../support/diffReports";
import { stack, theirs, unknownText } from "../../support/engineOutput";

describe("roles of the trail's account", () => {
  const others = (type: string, inputs: object) => [
    ...stack(),
    theirs(`yandex:index/x:${type}`, "other", { ...inputs }),
  ];
  const member = "serviceAccount:account-id";
  test.each<[string, Stack, string[]]>([
    ["a needed role goes", stack().filter(({ urn }) => !urn.endsWith("storage.uploader")), ["stop"]],
    ["a role on the key goes", stack().filter(({ urn }) => !urn.endsWith("encrypterDecrypter")), ["stop"]],
    [
      "a role that it does not need comes",
      others("ResourcemanagerFolderIamMember", { folderId: "folder", role: "editor", member }),
      ["weaker"],
    ],
    [
      "a needed role on something else comes",
      others("KmsSymmetricKeyIamMember", {
        symmetricKeyId: "other-key",
        role: "kms.keys.encrypterDecrypter",
        member,
      }),
      ["weaker"],
    ],
    [
      "a binding of the whole role leaves it out",
      others("ResourcemanagerFolderIamBinding", {
        folderId: "folder",
        role: "storage.uploader",
        members: ["serviceAccount:somebody"],
      }),
      // Somebody may overwrite logs.
      ["stop", "weaker"],
    ],
    [
      "a binding of the whole role names it",
      others("ResourcemanagerFolderIamBinding", {
        folderId: "folder",
        role: "storage.uploader",
        members: [member],
      }),
      ["unchanged"],
    ],
    [
      "a static key of it comes",
      others("IamServiceAccountStaticAccessKey", { serviceAccountId: "account-id" }),
      ["weaker"],
    ],
    [
      "somebody else may decrypt",
      others("KmsSymmetricKeyIamMember", {
        symmetricKeyId: "key-id",
        role: "kms.keys.decrypter",
        member: "userAccount:u",
      }),
      ["weaker"],
    ],
    [
      "somebody else may act as the account",
      others("IamServiceAccountIamMember", {
        serviceAccountId: "account-id",
        role: "iam.serviceAccounts.tokenCreator",
        member: "userAccount:u",
      }),
      ["weaker"],
    ],
    [
      "roles of others on other things are none of its business",
      others("ResourcemanagerFolderIamMember", {
        folderId: "another-folder",
        role: "editor",
        member: "serviceAccount:other",
      }),
      ["unchanged"],
    ],
  ])("%s", (_, after, applies) => {
    expect(reportOf(stack(), after).applies).toEqual(applies);
  });
});

describe("the policy of the bucket, in releases of the provider that have a resource for it", () => {
  const access = { administrators: ["admin"], readers: ["reader"] };
  const policy = (readers = access.readers, uploaders = ["account-id"]) =>
    bucketPolicyOf("audit-logs", uploaders, { ...access, readers });
  const inline = stack({ bucket: { policy: policy() } });
  const apart = (text: string) => [
    ...stack(),
    theirs("yandex:index/storageBucketPolicy:StorageBucketPolicy", "policy", {
      bucket: "audit-logs",
      policy: text,
    }),
  ];
  test.each<[string, Stack, Stack, string[]]>([
    ["moves there, and says the same", inline, apart(policy()), ["unchanged"]],
    ["goes", apart(policy()), stack(), ["weaker"]],
    ["lets somebody else read", apart(policy()), apart(policy(["reader", "other"])), ["weaker"]],
    ["lets fewer read", apart(policy()), apart(policy([])), ["stronger"]],
    ["shuts the trail's account out", apart(policy()), apart(policy(["reader"], ["somebody"])), ["stop"]],
  ])("%s", (_, before, after, applies) => {
    expect(reportOf(before, after).applies).toEqual(applies);
  });
});

describe("what leaves", () => {
  const without = (kind: string) => stack().filter(({ type }) => !type.endsWith(kind));
  const deletable = stack().map((one) => ({ ...one, retainOnDelete: false }));
  test.each<[string, Stack, Stack, string[]]>([
    ["the trail", stack(), without(":AuditTrailsTrail"), ["stop"]],
    ["the key, which stays in the cloud", stack(), without(":KmsSymmetricKey"), ["weaker"]],
    [
      "the key, permanently",
      deletable,
      deletable.filter(({ type }) => !type.endsWith(":KmsSymmetricKey")),
      ["unreadable", "weaker"],
    ],
    [
      "the bucket, permanently",
      deletable,
      deletable.filter(({ type }) => !type.endsWith(":StorageBucket")),
      ["unreadable", "weaker"],
    ],
    ["the account", stack(), without(":IamServiceAccount"), ["stop"]],
    ["everything", stack(), [], ["stop", "weaker"]],
  ])("%s", (_, before, after, applies) => {
    expect(reportOf(before, after).applies).toEqual(applies);
  });
});

describe("what is not known before the update", () => {
  test.each<[string, Stack, string[]]>([
    ["is worse where it may be", stack({ bucket: { versioning: { enabled: unknownText } } }), ["weaker"]],
    [
      "a scope that may be less",
      stack({ trail: management(scope("organization", unknownText)) }),
      ["narrower", "weaker"],
    ],
    [
      "a scope more does not count",
      stack({ trail: management(scope("organization", "org"), scope("folder", unknownText)) }),
      ["unchanged"],
    ],
    ["a policy", stack({ bucket: { policy: unknownText } }), ["weaker"]],
  ])("%s", (_, after, applies) => {
    const report = reportOf(stack(), after);
    expect(report.applies).toEqual(applies);
    expect(markdownOf(report)).toContain("known only after the update");
  });
});
