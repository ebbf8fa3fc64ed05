import { textOf } from "../../../operate/diff/text";
import { expiring, lock, lockbox, management, reportOf, type Stack, scope } from "../../support/diffReports";
import { stack, theirs, urnOf } from "../../support/engineOutput";

describe("the choice of roles", () => {
  const account = "yandex-audit-trails:index:AuditTrails$yandex-audit-trails:index:TrailServiceAccount";
  const granted = (type: string, name: string, inputs: object) => {
    const token = `yandex:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`;
    return {
      ...theirs(token, name, inputs as Record<string, unknown>),
      urn: urnOf(`${account}$${token}`, name),
    };
  };
  const member = "serviceAccount:account-id";
  const others = stack().filter(({ type }) => !/(Folder|Key)IamMember$/.test(type));
  const folderMember = granted("ResourcemanagerFolderIamMember", "uploader", {
    ...{ folderId: "folder", role: "storage.uploader", member },
  });
  const keyMember = (role: string) =>
    granted("KmsSymmetricKeyIamMember", role, { symmetricKeyId: "key-id", role, member });
  const binding = granted("StorageBucketIamBinding", "logs-bucket-storage.uploader", {
    ...{ bucket: "audit-logs", role: "storage.uploader", members: [member] },
  });
  const both = keyMember("kms.keys.encrypterDecrypter");
  const guide = [...others, folderMember, both];
  const report = (before: Stack, after: Stack) => {
    const found = reportOf(before, after);
    return { verdicts: found.applies, text: textOf(found) };
  };

  test("moves from the folder to the bucket without harm, and the roles of the account say so", () => {
    const { verdicts, text } = report(guide, [...others, binding, both]);
    expect(verdicts).toEqual(["unchanged"]);
    expect(text).toContain("storage.uploader on bucket");
  });

  const leftover = [...others, binding, folderMember, both];
  const narrow = [...others, binding, both];
  const notNeeded = /storage\.uploader on folder \S+ \(not needed\)/;

  test("keeps the role on the folder beside the one on the bucket: it is not needed, and nothing is weaker", () => {
    const { verdicts, text } = report(guide, leftover);
    expect(verdicts).toEqual(["unchanged"]);
    expect(text).toMatch(notNeeded);
  });

  test("removes the leftover role on the folder: that is stronger", () => {
    const { verdicts, text } = report(leftover, narrow);
    expect(verdicts).toEqual(["stronger"]);
    expect(text).toMatch(notNeeded);
  });

  test("adds the role on the folder to the one on the bucket: that is weaker", () => {
    const { verdicts, text } = report(narrow, leftover);
    expect(verdicts).toEqual(["weaker"]);
    expect(text).toMatch(notNeeded);
  });

  test("removes the role on the bucket where the one on the folder stays: it is needed then", () => {
    const { verdicts, text } = report(leftover, guide);
    expect(verdicts).toEqual(["unchanged"]);
    expect(text).toContain("storage.uploader on bucket");
  });

  test("of the role to encrypt alone is no role that is missing", () => {
    const { verdicts } = report(guide, [...others, folderMember, keyMember("kms.keys.encrypter")]);
    expect(verdicts).toEqual(["unchanged"]);
  });

  test("leaves no account without the role to upload: then trails stop", () => {
    expect(report(guide, [...others, both]).verdicts).toEqual(["stop"]);
    const forOthers = { ...binding, inputs: { ...binding.inputs, members: ["serviceAccount:other"] } };
    expect(report(guide, [...others, forOthers, both]).verdicts).toContain("stop");
  });
});

describe("verdicts", () => {
  type Given = Parameters<typeof stack>[0];
  test.each<[string, Given, Given, string[]]>([
    ["nothing changes", {}, {}, ["unchanged"]],
    [
      "a cloud instead of the organization",
      {},
      { trail: management(scope("cloud", "c")) },
      ["narrower", "weaker"],
    ],
    [
      "a folder more",
      { trail: management(scope("folder", "f")) },
      { trail: management(scope("folder", "f"), scope("folder", "g")) },
      ["wider"],
    ],
    ["management events off", {}, { trail: lockbox() }, ["narrower", "weaker", "wider"]],
    [
      "only one kind of event",
      { trail: lockbox() },
      { trail: lockbox({ includedEvents: ["a.Read"] }) },
      ["narrower"],
    ],
    [
      "one more kind of event",
      { trail: lockbox({ includedEvents: ["a.Read"] }) },
      { trail: lockbox({ includedEvents: ["a.Read", "a.Write"] }) },
      ["wider"],
    ],
    [
      "one kind of event left out",
      { trail: lockbox() },
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      ["narrower"],
    ],
    [
      "another kind of event left out",
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      { trail: lockbox({ excludedEvents: ["a.Write"] }) },
      ["narrower"],
    ],
    [
      "all but one kind, where only others were listed",
      { trail: lockbox({ includedEvents: ["a.Write"] }) },
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      ["wider"],
    ],
    [
      "listed kinds, where all but others were collected",
      { trail: lockbox({ excludedEvents: ["a.Read"] }) },
      { trail: lockbox({ includedEvents: ["a.Write"] }) },
      ["narrower"],
    ],
    [
      "another order of kinds",
      { trail: lockbox({ includedEvents: ["a", "b"] }) },
      { trail: lockbox({ includedEvents: ["b", "a"] }) },
      ["unchanged"],
    ],
    [
      "another prefix",
      {},
      { trail: { storageDestination: { bucketName: "audit-logs", objectPrefix: "p" } } },
      ["stop"],
    ],
    ["no key", {}, { bucket: { serverSideEncryptionConfiguration: undefined } }, ["weaker"]],
    ["a size limit", {}, { bucket: { maxSize: 2 ** 30 } }, ["weaker"]],
    ["a wider size limit", { bucket: { maxSize: 2 ** 30 } }, { bucket: { maxSize: 2 ** 31 } }, ["stronger"]],
    ["forceDestroy", {}, { bucket: { forceDestroy: true } }, ["unreadable"]],
    ["public by ACL", {}, { bucket: { acl: "public-read" } }, ["weaker"]],
    ["public by a flag", {}, { bucket: { anonymousAccessFlags: { list: true } } }, ["weaker"]],
    [
      "public by a grant",
      {},
      {
        bucket: {
          grants: [
            { type: "Group", uri: "http://acs.amazonaws.com/groups/global/AllUsers", permissions: ["READ"] },
          ],
        },
      },
      ["weaker"],
    ],
    ["a website", {}, { bucket: { website: { indexDocument: "i" } } }, ["weaker"]],
    [
      "a policy that this library does not make",
      {},
      { bucket: { policy: '{"Statement":[]}' } },
      ["stop", "stronger"],
    ],
    [
      "one that cannot be read",
      { bucket: { policy: '{"Statement":[]}' } },
      { bucket: { policy: '{"Statement":[1]}' } },
      ["unknown"],
    ],
    [
      "the same policy in another spelling",
      { bucket: { policy: '{"A":1,"B":2}' } },
      { bucket: { policy: '{ "B": 2, "A": 1 }' } },
      ["unchanged"],
    ],
    [
      "a lock for fewer days",
      { bucket: lock("GOVERNANCE", 30) },
      { bucket: lock("GOVERNANCE", 29) },
      ["weaker"],
    ],
    [
      "a lock that administrators open",
      { bucket: lock("COMPLIANCE", 30) },
      { bucket: lock("GOVERNANCE", 300) },
      ["weaker"],
    ],
    [
      "a lock that nobody opens",
      { bucket: lock("GOVERNANCE", 30) },
      { bucket: lock("COMPLIANCE", 30) },
      ["stronger"],
    ],
    ["logs deleted on a day", {}, { bucket: expiring({ date: "2030-01-01" }) }, ["unreadable"]],
    [
      "logs kept longer",
      { bucket: expiring({ days: 30 }) },
      { bucket: expiring({ days: 60 }) },
      ["stronger"],
    ],
    [
      "a rule that is off",
      {},
      { bucket: { lifecycleRules: [{ id: "x", enabled: false, expiration: { days: 1 } }] } },
      ["unchanged"],
    ],
    ["requests no longer logged", { bucket: { loggings: [{ targetBucket: "b" }] } }, {}, ["weaker"]],
    ["rotation less often", {}, { key: { rotationPeriod: "17520h0m0s" } }, ["weaker"]],
    ["rotation more often", {}, { key: { rotationPeriod: "24h" } }, ["stronger"]],
    ["the same rotation in another spelling", {}, { key: { rotationPeriod: "8760h" } }, ["unchanged"]],
    ["a rotation that cannot be read", {}, { key: { rotationPeriod: "a year" } }, ["weaker"]],
    ["no rotation", {}, { key: { rotationPeriod: undefined } }, ["weaker"]],
    ["the key may be deleted", {}, { key: { deletionProtection: false } }, ["weaker"]],
    [
      "a smaller algorithm",
      { key: { defaultAlgorithm: "AES_256" } },
      { key: { defaultAlgorithm: "AES_128" } },
      ["weaker"],
    ],
    ["a description", {}, { account: { description: "new" } }, ["unchanged"]],
    ["labels", {}, { trail: { labels: { team: "x" } } }, ["unchanged"]],
  ])("%s", (_, before, after, applies) => {
    expect(reportOf(stack(before), stack(after)).applies).toEqual(applies);
  });
});
