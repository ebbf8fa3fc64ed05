import { bucketPolicyOf } from "../../../components/bucket/policy";
import { reportOn } from "../../../operate/diff/report";
import { exported, previewAfterRefresh, secretOf, stack } from "../../support/engineOutput";

type Stack = ReturnType<typeof stack>;
type Properties = Readonly<Record<string, unknown>>;

/** The stack as an update leaves it: outputs say what is set, with what is empty spelled out. */
const updated = (): Stack =>
  stack().map((one) => ({ ...one, outputs: { ...empty(one.type), ...one.inputs } }));

const empty = (type: string): Properties =>
  type.endsWith(":StorageBucket")
    ? { acl: "", grants: [], lifecycleRules: [], loggings: [], maxSize: 0, policy: "", tagsAll: {} }
    : type.endsWith(":AuditTrailsTrail")
      ? { status: "ACTIVE", description: "" }
      : {};

/** The stack with other outputs of one resource. */
const withOutputs = (of: Stack, type: string, outputs: Properties): Stack =>
  of.map((one) =>
    one.type.endsWith(`:${type}`) ? { ...one, outputs: { ...one.outputs, ...outputs } } : one,
  );

/** A report on a program that stays as it is, while others set something in the cloud that it is silent on. */
function reportOnDrift(type: string, outputs: Properties, listed = Object.keys(outputs)) {
  const recorded = updated();
  const found = withOutputs(recorded, type, outputs);
  const { urn = "" } = recorded.find((one) => one.type.endsWith(`:${type}`)) ?? {};
  return reportOn({
    preview: previewAfterRefresh(recorded, found, recorded, { [urn]: listed }),
    state: exported(recorded),
  });
}

const rule = (more: object) => ({
  lifecycleRules: [{ id: "x", enabled: true, filter: null, transitions: [], ...more }],
});
const allowAll = {
  Effect: "Allow",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::audit-logs", "arn:aws:s3:::audit-logs/*"],
};
const denyAccount = {
  Effect: "Deny",
  Principal: { CanonicalUser: "account-id" },
  Action: "s3:PutObject",
  Resource: "arn:aws:s3:::audit-logs/*",
};
const policy = (...Statement: object[]) => ({ policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
const lock = (mode: string, days: number) => ({
  objectLockConfiguration: {
    objectLockEnabled: "Enabled",
    rule: { defaultRetention: { mode, days, years: 0 } },
  },
});
const group = "http://acs.amazonaws.com/groups/global/AllUsers";
const encryptionWith = (kmsMasterKeyId: string) => ({
  serverSideEncryptionConfiguration: {
    rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm: "aws:kms" } },
  },
});

describe("a change of others that the next update undoes is reported as drift and as a change", () => {
  test.each<[string, string, Properties, drift: string[], change: string[]]>([
    ["an object lock", "StorageBucket", lock("GOVERNANCE", 30), ["stronger"], ["weaker"]],
    [
      "logs deleted after 5 days",
      "StorageBucket",
      rule({ expiration: { days: 5 } }),
      ["unreadable"],
      ["stronger"],
    ],
    [
      "logs with a tag deleted after 3 days",
      "StorageBucket",
      rule({ expiration: { days: 3 }, filter: { tag: { key: "a", value: "b" } } }),
      ["unreadable"],
      ["stronger"],
    ],
    [
      "a policy that lets everybody in and the trail's account out",
      "StorageBucket",
      policy(allowAll, denyAccount),
      ["stop", "weaker"],
      ["wider", "stronger"],
    ],
    [
      "a policy that only denies",
      "StorageBucket",
      policy(denyAccount),
      ["stop", "stronger"],
      ["wider", "weaker"],
    ],
    ["a public ACL", "StorageBucket", { acl: "public-read" }, ["weaker"], ["stronger"]],
    [
      "a grant to everybody",
      "StorageBucket",
      { grants: [{ type: "Group", uri: group, permissions: ["READ"], id: "" }] },
      ["weaker"],
      ["stronger"],
    ],
    [
      "a grant to somebody",
      "StorageBucket",
      { grants: [{ type: "CanonicalUser", id: "u", permissions: ["FULL_CONTROL"], uri: "" }] },
      ["weaker"],
      ["stronger"],
    ],
    [
      "anonymous access",
      "StorageBucket",
      { anonymousAccessFlags: { read: true, list: false, configRead: false } },
      ["weaker"],
      ["stronger"],
    ],
    ["a size limit", "StorageBucket", { maxSize: 1024 }, ["weaker"], ["stronger"]],
    ["a website", "StorageBucket", { website: { indexDocument: "i" } }, ["weaker"], ["stronger"]],
    ["a log of requests", "StorageBucket", { loggings: [{ targetBucket: "b" }] }, ["stronger"], ["weaker"]],
    // The trail's account has no role on it.
    [
      "another key",
      "StorageBucket",
      encryptionWith("other"),
      ["stop", "weaker"],
      ["stronger", "weaker", "wider"],
    ],
    ["no versioning", "StorageBucket", { versioning: { enabled: false } }, ["weaker"], ["stronger"]],
    ["no rotation", "KmsSymmetricKey", { rotationPeriod: "" }, ["weaker"], ["stronger"]],
    ["no protection of the key", "KmsSymmetricKey", { deletionProtection: false }, ["weaker"], ["stronger"]],
    [
      "fewer scopes",
      "AuditTrailsTrail",
      {
        filteringPolicy: {
          managementEventsFilter: {
            resourceScopes: [{ resourceId: "f", resourceType: "resource-manager.folder" }],
          },
        },
      },
      ["narrower", "weaker"],
      ["wider", "stronger"],
    ],
  ])("%s", (_, type, outputs, drifted, applies) => {
    const report = reportOnDrift(type, outputs);
    expect(effectsOf(report.drift?.rows ?? [])).toEqual([...drifted].sort());
    expect([...report.applies].sort()).toEqual([...applies].sort());
  });

  const effectsOf = (rows: readonly { readonly effect?: string }[]) =>
    [...new Set(rows.flatMap(({ effect }) => effect ?? []))].sort();
});

test("an unhealthy status is reported: a key that is not active, a trail that does not deliver", () => {
  const key = reportOnDrift("KmsSymmetricKey", { status: "inactive" }, []);
  const recorded = withOutputs(updated(), "KmsSymmetricKey", { status: "active" });
  const found = withOutputs(recorded, "KmsSymmetricKey", { status: "inactive", deletionProtection: false });
  const { urn = "" } = recorded.find(({ type }) => type.endsWith("KmsSymmetricKey")) ?? {};
  const preview = previewAfterRefresh(recorded, found, recorded, { [urn]: ["deletionProtection"] });
  const report = reportOn({ preview, state: exported(recorded) });
  expect(report.drift?.rows.map(({ name, effect }) => [name, effect])).toContainEqual([
    "status",
    "unreadable",
  ]);
  expect(key.obstacles).toEqual([]);
});

describe("a change that the provider lists is explained, or the verdict is unknown", () => {
  test.each<[string, string, Properties, string[] | undefined]>([
    ["a property without a trace in the states", "StorageBucket", {}, ["objectLockConfiguration"]],
    ["a property that nothing reads", "StorageBucket", { somethingNew: { a: 1 } }, undefined],
    ["an unknown part of a rule", "StorageBucket", rule({ newAction: { days: 1 } }), undefined],
    ["another destination", "AuditTrailsTrail", { loggingDestination: { logGroupId: "g" } }, undefined],
    ["an unknown filter of events", "AuditTrailsTrail", { filter: { pathFilter: {} } }, ["filter"]],
  ])("%s", (_, type, outputs, listed) => {
    const report = reportOnDrift(type, outputs, listed);
    expect(report.verdict).toBe("unknown");
    expect(report.rows.map(({ name }) => name)).toContain("changed, meaning unknown:");
  });

  test("times, labels and addresses mean nothing", () => {
    const listed = ["createdAt", "rotatedAt", "labels"];
    expect(
      reportOnDrift("KmsSymmetricKey", { rotatedAt: "2026", createdAt: "2025" }, listed).applies,
    ).toEqual(["unchanged"]);
  });

  test("a block that the provider lists only because of computed values is no change", () => {
    expect(reportOnDrift("AuditTrailsTrail", {}, ["filteringPolicy", "labels"]).applies).toEqual([
      "unchanged",
    ]);
  });

  test("secret values stay secret", () => {
    const recorded = withOutputs(updated(), "StorageBucket", { policy: secretOf("s3cr3t") });
    const { urn = "" } = recorded.find(({ type }) => type.endsWith(":StorageBucket")) ?? {};
    const found = withOutputs(updated(), "StorageBucket", { policy: "s3cr3t-policy" });
    const preview = previewAfterRefresh(recorded, found, recorded, { [urn]: ["policy"] });
    const report = reportOn({ preview, state: exported(recorded) });
    expect(report.verdict).toBe("unknown");
    expect(report.secrets).toContain("s3cr3t-policy");
  });
});

test("a policy that comes back in another spelling is the same, and the raw diff shows it as the program says it", () => {
  const given = (spelling: string) => (one: Stack[number]) =>
    one.type.endsWith(":StorageBucket") ? { ...one, outputs: { ...one.outputs, policy: spelling } } : one;
  const said = bucketPolicyOf("audit-logs", ["account-id"], { administrators: ["admin"] });
  const { Statement, Version } = JSON.parse(said);
  const recorded = stack({ bucket: { policy: said } }).map(given(JSON.stringify({ Statement, Version })));
  const wanted = stack({ bucket: {} });
  const { urn = "" } = recorded.find(({ type }) => type.endsWith(":StorageBucket")) ?? {};
  const preview = previewAfterRefresh(recorded, recorded, wanted, { [urn]: ["policy"] });
  const { rawDiff, drift } = reportOn({ preview, state: exported(recorded) });
  expect(drift?.rows).toEqual([]);
  expect(rawDiff.flatMap(({ lines }) => lines).join("\n")).toContain(`-policy: '${said}'`);
});

test("values that the provider does not list stay as they are, also if the program does not set them", () => {
  const recorded = withOutputs(updated(), "StorageBucket", lock("GOVERNANCE", 30));
  const { urn = "" } = recorded.find(({ type }) => type.endsWith(":StorageBucket")) ?? {};
  const preview = previewAfterRefresh(recorded, recorded, recorded, { [urn]: ["tags"] });
  expect(reportOn({ preview, state: exported(recorded) })).toMatchObject({
    ...{ applies: ["unchanged"], rows: [], drift: { rows: [] } },
  });
});
