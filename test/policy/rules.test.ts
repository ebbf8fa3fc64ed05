import { trailRoles } from "../../components/roles";
import { neededRoles } from "../../policy/roles";
import { rules } from "../../policy/rules";
import { and, bucket, grant, lock, member, organization, policy, scoped } from "../support/policyCases";
import { changed, findingsIn, first, type Made, sound, without } from "../support/policyStack";
import * as bucketCases from "./cases/bucket";
import * as protection from "./cases/protection";
import * as publicAccess from "./cases/publicAccess";
import * as roles from "./cases/roles";

const violations = [roles, publicAccess, bucketCases, protection].flatMap((table) => table.violations);
const allowed = [roles, publicAccess, bucketCases].flatMap((table) => table.allowed);

test("the pack's table of roles is the components'", () => {
  expect(neededRoles).toEqual(trailRoles);
});

test("names are unique, in kebab case, and each rule has a case", () => {
  const names = rules.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
  expect(names.filter((name) => !violations.some(([violated]) => violated === name))).toEqual([]);
});

test("no rule finds anything in the guide's seven resources, with known and unknown ids", () => {
  expect(findingsIn(sound)).toEqual([]);
  expect(findingsIn(first)).toEqual([]);
});

test("no rule finds anything in either choice of roles: the role to upload on the bucket alone, and the role to encrypt alone", () => {
  const onBucket: Made = {
    type: "StorageBucketIamBinding",
    name: "uploaders",
    props: { bucket: "acme-logs", role: "storage.uploader", members: [member] },
    from: { bucket: ["bucket"], members: ["account"] },
  };
  const chosen = and(
    changed(without(sound, "uploader"), "encrypter", { role: "kms.keys.encrypter" }),
    onBucket,
  );
  expect(findingsIn(chosen)).toEqual([]);
  // Without the binding the role is missing.
  expect(findingsIn(without(chosen, "uploaders")).join()).toContain("storage.uploader");
});

test.each(violations)("%s is violated by %s, and no other rule is", (rule, _, stack, says) => {
  const found = findingsIn(stack);
  expect(found).toEqual([expect.stringMatching(new RegExp(`^${rule}: .*${says.source}`, "s"))]);
});

test("a lock in a bucket without versions is found beside the versioning", () => {
  const found = findingsIn(bucket({ ...lock(1), versioning: { enabled: false } }));
  expect(found).toEqual([
    expect.stringMatching(/^bucket-versioned: /),
    expect.stringMatching(/^lock-consistent: .*only versions can be locked/),
  ]);
});

test.each(allowed)("no rule finds anything in %s", (_, stack) => {
  expect(findingsIn(stack)).toEqual([]);
});

test("a trail to Cloud Logging is checked only for its scope and its roles; its account is not in the stack", () => {
  const stack = and(
    sound,
    {
      type: "AuditTrailsTrail",
      name: "other",
      props: {
        serviceAccountId: "ajeother",
        loggingDestination: { logGroupId: "g" },
        ...scoped(organization),
      },
    },
    ...[
      ["OrganizationmanagerOrganizationIamMember", "audit-trails.viewer"],
      ["ResourcemanagerFolderIamMember", "logging.writer"],
    ].map(
      ([type = "", role = ""]): Made => ({
        ...grant(role, type, { organizationId: "bpforganization", member: "serviceAccount:ajeother" }),
        name: role,
      }),
    ),
  ).filter(({ name }) => name !== "none");
  expect(findingsIn(stack, { "resources-in-stack": { except: ["ajeother"] } })).toEqual([]);
});

test("no message shows a secret", () => {
  const secrets: readonly Made[] = changed(
    and(sound, {
      type: "IamServiceAccountStaticAccessKey",
      name: "s",
      props: { serviceAccountId: "ajeaccount", secretKey: "hush" },
    }),
    "bucket",
    {
      secretKey: "hush",
      accessKey: "hush",
      acl: "public-read",
      forceDestroy: true,
      ...policy({ Effect: "Allow", Principal: "*", Resource: "hush" }),
    },
  );
  expect(findingsIn(secrets).length).toBeGreaterThan(3);
  expect(findingsIn(secrets).join()).not.toContain("hush");
});
