import { trailRoles } from "../../components/roles";
import { neededRoles } from "../../policy/roles";
import { rules } from "../../policy/rules";
import { changed, findingsIn, first, late, type Made, sound, without } from "../support/policyStack";

const organization = { resourceId: "bpforganization", resourceType: "organization-manager.organization" };
const folder = { resourceId: "b1gother", resourceType: "resource-manager.folder" };
const member = "serviceAccount:ajeaccount";
const scoped = (...resourceScopes: readonly unknown[]) => ({
  filteringPolicy: { managementEventsFilter: { resourceScopes } },
});
const encryptedWith = (kmsMasterKeyId: unknown, sseAlgorithm: unknown = "aws:kms") => ({
  serverSideEncryptionConfiguration: {
    rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm } },
  },
});
const policy = (...Statement: readonly unknown[]) => ({ policy: JSON.stringify({ Statement }) });
const lifecycle = (...lifecycleRules: readonly object[]) => ({
  lifecycleRules: lifecycleRules.map((rule) => ({ id: "logs", enabled: true, ...rule })),
});
const lock = (days: number, objectLockEnabled = "Enabled") => ({
  objectLockConfiguration: { objectLockEnabled, rule: { defaultRetention: { mode: "GOVERNANCE", days } } },
});
const trail = (props: Readonly<Record<string, unknown>>) => changed(sound, "trail", props);
const bucket = (props: Readonly<Record<string, unknown>>) => changed(sound, "bucket", props);
const and = (made: readonly Made[], ...more: readonly Made[]) => [...made, ...more];
const grant = (role: string, type = "ResourcemanagerFolderIamMember", props: object = {}): Made => ({
  type,
  name: "more",
  props: { folderId: "b1gfolder", role, member, ...props },
});

test("the pack's table of roles is the components'", () => {
  expect(neededRoles).toEqual(trailRoles);
});

test("names are unique, in kebab case, and each rule has a case below", () => {
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

type Violation = readonly [rule: string, of: string, stack: readonly Made[], says: RegExp];

/** Rule, stack, and what the message must say. All of it is about this one rule. */
const violations: readonly Violation[] = [
  // Scope
  [
    "organization-scope",
    "a folder",
    changed(
      and(sound, grant("audit-trails.viewer", undefined, { folderId: "b1gother" })),
      "trail",
      scoped(folder),
    ),
    /"resource-manager.folder" "b1gother".*name the trail in "except"/,
  ],
  [
    "organization-scope",
    "data events alone",
    trail({ filteringPolicy: { dataEventsFilters: [{ service: "kms", resourceScopes: [organization] }] } }),
    /management events of nothing/,
  ],
  [
    "organization-scope",
    "parts, in the older form",
    trail({
      filteringPolicy: undefined,
      filter: { pathFilter: { someFilter: { anyFilters: [folder], ...organization } } },
    }),
    /"b1gother"/,
  ],
  // Encryption
  [
    "bucket-encrypted",
    "no encryption",
    without(without(bucket({ serverSideEncryptionConfiguration: undefined }), "key"), "encrypter"),
    /has no KMS key/,
  ],
  [
    "bucket-encrypted",
    "another algorithm",
    bucket(encryptedWith("abjkey", "AES256")),
    /the encryption algorithm "AES256"/,
  ],
  // Roles
  [
    "account-roles",
    "a missing viewer",
    without(sound, "viewer"),
    /the role audit-trails.viewer on the organization "bpforganization"/,
  ],
  [
    "account-roles",
    "a missing uploader",
    without(sound, "uploader"),
    /the role storage.uploader on the folder of the bucket "bucket"/,
  ],
  [
    "account-roles",
    "a missing role on the key",
    without(sound, "encrypter"),
    /kms.keys.encrypterDecrypter on the key "key"/,
  ],
  [
    "account-roles",
    "an unneeded role",
    and(sound, grant("storage.admin")),
    /the role "storage.admin" on the folder, which it does not need/,
  ],
  [
    "account-roles",
    "a needed role somewhere else too",
    and(sound, grant("storage.uploader", undefined, { folderId: "b1gother" })),
    /"storage.uploader" on the folder, which it does not need/,
  ],
  [
    "account-roles",
    "a role on a whole cloud",
    and(sound, grant("storage.uploader", "ResourcemanagerCloudIamMember", { cloudId: "b1gcloud" })),
    /on the cloud, which it does not need/,
  ],
  [
    "account-roles",
    "a role on something else",
    and(sound, grant("lockbox.payloadViewer", "LockboxSecretIamMember")),
    /on the something else, which it does not need/,
  ],
  [
    "account-roles",
    "roles of a group",
    and(sound, {
      type: "OrganizationmanagerGroupMembership",
      name: "group",
      props: { groupId: "g", members: ["ajeother", "ajeaccount"] },
    }),
    /a member of a group/,
  ],
  ...["admin", "editor", "viewer", "auditor"].map(
    (role): Violation => [
      "no-primitive-roles",
      role,
      and(sound, grant(role)),
      new RegExp(`the role "${role}" on the folder`),
    ],
  ),
  [
    "no-authoritative-bindings",
    "a binding of a role that it has too",
    and(
      sound,
      grant("storage.uploader", "ResourcemanagerFolderIamBinding", { members: [member], member: undefined }),
    ),
    /has the type ResourcemanagerFolderIamBinding: .* the role "storage.uploader" from every other account.*ResourcemanagerFolderIamMember/,
  ],
  [
    "no-authoritative-bindings",
    "a binding without it",
    and(
      sound,
      grant("audit-trails.viewer", "OrganizationmanagerOrganizationIamBinding", {
        organizationId: "bpforganization",
        members: ["userAccount:x"],
      }),
    ),
    /A trail whose account loses its role stops/,
  ],
  [
    "no-authoritative-bindings",
    "a policy of the folder",
    and(sound, {
      type: "ResourcemanagerFolderIamPolicy",
      name: "policy",
      props: { folderId: "b1gfolder", policyData: "{}" },
    }),
    /every other role/,
  ],
  [
    "no-account-keys",
    "a static key",
    and(sound, {
      type: "IamServiceAccountStaticAccessKey",
      name: "static",
      props: { serviceAccountId: "ajeaccount", secretKey: "hush" },
    }),
    /"static" is a static key of the trail's account "account"/,
  ],
  [
    "no-account-keys",
    "an API key",
    and(sound, { type: "IamServiceAccountApiKey", name: "api", props: { serviceAccountId: "ajeaccount" } }),
    /an API key/,
  ],
  [
    "no-account-keys",
    "an authorized key",
    and(sound, { type: "IamServiceAccountKey", name: "own", props: { serviceAccountId: "ajeaccount" } }),
    /an authorized key/,
  ],
  [
    "no-account-keys",
    "a federated credential",
    and(sound, {
      type: "IamWorkloadIdentityFederatedCredential",
      name: "github",
      props: { serviceAccountId: "ajeaccount" },
    }),
    /a federated credential/,
  ],
  // Public access
  ...["public-read", "public-read-write", "authenticated-read"].map(
    (acl): Violation => ["no-public-access", acl, bucket({ acl }), new RegExp(`acl "${acl}"`)],
  ),
  ...["read", "list", "configRead"].map(
    (flag): Violation => [
      "no-public-access",
      flag,
      bucket({ anonymousAccessFlags: { [flag]: true } }),
      new RegExp(`anonymousAccessFlags.${flag} true`),
    ],
  ),
  [
    "no-public-access",
    "a website",
    bucket({ website: { indexDocument: "index.html" } }),
    /must not be a website/,
  ],
  [
    "no-public-access",
    "a grant to all",
    bucket({
      grants: [
        { type: "Group", permissions: ["READ"], uri: "http://acs.amazonaws.com/groups/global/AllUsers" },
      ],
    }),
    /grants \["READ"\] to http:.*AllUsers/,
  ],
  [
    "no-public-access",
    "a policy for all",
    bucket(policy({ Sid: "open", Effect: "Allow", Principal: "*", Action: "*" })),
    /statement "open" gives access to everybody\. Name/,
  ],
  [
    "no-public-access",
    "a policy for all in another form",
    bucket(policy({ Effect: "Allow", Principal: { CanonicalUser: ["aje", "*"] } })),
    /gives access to everybody/,
  ],
  [
    "no-public-access",
    "a policy for all but some",
    bucket(policy({ Effect: "Allow", NotPrincipal: { CanonicalUser: "aje" } })),
    /gives access to everybody/,
  ],
  [
    "no-public-access",
    "one statement outside of a list",
    bucket({ policy: '{"Statement":{"Effect":"Allow","Principal":"*"}}' }),
    /gives access to everybody/,
  ],
  ["no-public-access", "a policy that is none", bucket({ policy: "{" }), /is not JSON/],
  [
    "no-public-access",
    "a policy as a resource of its own",
    and(sound, {
      type: "StorageBucketPolicy",
      name: "open",
      props: { bucket: "acme-logs", ...policy({ Effect: "Allow", Principal: "*" }) },
    }),
    /"open", of the bucket "bucket", has a policy/,
  ],
  [
    "no-public-access",
    "grants as a resource of their own",
    and(sound, {
      type: "StorageBucketGrant",
      name: "open",
      props: { bucket: "acme-logs", acl: "public-read" },
    }),
    /"open", of the bucket "bucket", has acl/,
  ],
  [
    "no-public-access",
    "a role for all on the folder",
    and(sound, grant("storage.viewer", undefined, { member: "system:allUsers" })),
    /"storage.viewer" on the folder to "system:allUsers"/,
  ],
  [
    "no-public-access",
    "a role for all on the bucket",
    and(
      sound,
      grant("storage.viewer", "StorageBucketIamBinding", {
        bucket: "acme-logs",
        member: undefined,
        members: ["system:allAuthenticatedUsers"],
      }),
    ),
    /"system:allAuthenticatedUsers"/,
  ],
  [
    "no-public-access",
    "a role for all on the key",
    and(
      sound,
      grant("kms.keys.decrypter", "KmsSymmetricKeyIamMember", {
        symmetricKeyId: "abjkey",
        member: "system:allUsers",
      }),
    ),
    /on the key/,
  ],
  [
    "no-public-access",
    "a role for all on the cloud",
    and(
      sound,
      grant("viewer", "ResourcemanagerCloudIamMember", { cloudId: "b1gcloud", member: "system:allUsers" }),
    ),
    /on the cloud/,
  ],
  // Retention
  [
    "retention",
    "logs",
    bucket(lifecycle({ expiration: { days: 364 } })),
    /deletes logs after 364 days; at least 365/,
  ],
  [
    "retention",
    "old versions",
    bucket(lifecycle({ noncurrentVersionExpiration: { days: 29 } })),
    /overwritten and deleted logs after 29 days; at least 30/,
  ],
  [
    "retention",
    "a date",
    bucket(lifecycle({ expiration: { date: "2030-01-01" } })),
    /deletes all logs on 2030-01-01/,
  ],
  [
    "retention",
    "a prefix that logs have",
    changed(bucket(lifecycle({ filter: { prefix: "audit/cnp" }, expiration: { days: 1 } })), "trail", {
      storageDestination: { bucketName: "acme-logs", objectPrefix: "audit" },
    }),
    /for the prefix "audit\/cnp"/,
  ],
  [
    "bucket-versioned",
    "no versioning",
    bucket({ versioning: { enabled: false } }),
    /versioning.enabled false/,
  ],
  ["bucket-versioned", "nothing about it", bucket({ versioning: undefined }), /versioning.enabled nothing/],
  [
    "lock-consistent",
    "a lock that is longer than logs are kept",
    bucket({ ...lock(400), ...lifecycle({ expiration: { days: 365 } }) }),
    /expires logs after 365 days that are locked for 400/,
  ],
  [
    "lock-consistent",
    "a lock that is off",
    bucket(lock(1, "Disabled")),
    /objectLockEnabled "Disabled": nothing is locked/,
  ],
  // Protection
  [
    "no-force-destroy",
    "true",
    bucket({ forceDestroy: true }),
    /has forceDestroy true: its deletion deletes every log/,
  ],
  ...["trail", "bucket", "key"].map(
    (name): Violation => [
      "protected",
      name,
      changed(sound, name, {}, { protect: false }),
      new RegExp(`The ${name} "${name}" has no protect`),
    ],
  ),
  [
    "protected",
    "the key in the cloud",
    changed(sound, "key", { deletionProtection: false }),
    /deletionProtection false/,
  ],
  [
    "nothing-removed",
    "deleting first",
    changed(sound, "bucket", {}, { deleteBeforeReplace: true }),
    /deleteBeforeReplace: a replacement deletes it first/,
  ],
  [
    "resources-in-stack",
    "the bucket",
    without(sound, "bucket"),
    /delivers to the bucket "acme-logs", which is not in this stack/,
  ],
  [
    "resources-in-stack",
    "the key",
    without(changed(sound, "encrypter", {}, { from: {} }), "key"),
    /encrypts its logs with the key "abjkey"/,
  ],
  ["resources-in-stack", "the account", without(sound, "account"), /uses the service account "ajeaccount"/],
];

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

/** Similar resources that are correct. */
const allowed: readonly [what: string, stack: readonly Made[]][] = [
  ["the organization beside a folder", and(trail(scoped(folder, organization)))],
  [
    "the organization in the older form",
    trail({ filteringPolicy: undefined, filter: { pathFilter: { anyFilter: organization } } }),
  ],
  ["the narrower role on the key", changed(sound, "encrypter", { role: "kms.keys.encrypter" })],
  [
    "the uploader on the bucket, by the only resource that there is for it",
    and(without(sound, "uploader"), {
      type: "StorageBucketIamBinding",
      name: "uploader",
      props: { bucket: "acme-logs", role: "storage.uploader", members: [member] },
    }),
  ],
  ["roles of others", and(sound, grant("admin", undefined, { member: "serviceAccount:ajeother" }))],
  [
    "bindings of other roles",
    and(
      sound,
      grant("compute.viewer", "ResourcemanagerFolderIamBinding", {
        member: undefined,
        members: ["userAccount:x"],
      }),
    ),
  ],
  [
    "keys of other accounts",
    and(sound, {
      type: "IamServiceAccountStaticAccessKey",
      name: "s",
      props: { serviceAccountId: "ajeother" },
    }),
  ],
  [
    "other buckets",
    and(sound, {
      type: "StorageBucket",
      name: "site",
      protect: false,
      props: { bucket: "site", acl: "public-read", forceDestroy: true },
    }),
  ],
  [
    "policies of other buckets",
    and(sound, {
      type: "StorageBucketPolicy",
      name: "p",
      props: { bucket: "site", ...policy({ Effect: "Allow", Principal: "*" }) },
    }),
  ],
  [
    "denials for all",
    bucket(
      policy({ Effect: "Deny", Principal: "*" }, { Effect: "Allow", Principal: { CanonicalUser: ["aje"] } }),
    ),
  ],
  ["a private acl", bucket({ acl: "private", anonymousAccessFlags: { read: false } })],
  ["no website, as the provider shows it", bucket({ website: { indexDocument: "", errorDocument: "" } })],
  [
    "long retention",
    bucket(lifecycle({ expiration: { days: 365 }, noncurrentVersionExpiration: { days: 30 } })),
  ],
  [
    "no retention, as the provider shows it",
    bucket(lifecycle({ expiration: { days: 0, date: "", expiredObjectDeleteMarker: true } })),
  ],
  ["a rule that is off", bucket(lifecycle({ enabled: false, expiration: { days: 1 } }))],
  [
    "a rule for other objects",
    bucket(lifecycle({ filter: { prefix: "reports/" }, expiration: { days: 1 } })),
  ],
  [
    "a rule for other trails' logs",
    changed(bucket(lifecycle({ prefix: "cnpother/", expiration: { days: 1 } })), "bucket", {}),
  ],
  [
    "a lock that is shorter than logs are kept",
    bucket({ ...lock(30), ...lifecycle({ expiration: { days: 400 } }) }),
  ],
  [
    "a trail to Cloud Logging",
    and(
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
    ).filter(({ name }) => name !== "none"),
  ],
];

test.each(allowed.filter(([what]) => !what.startsWith("a trail")))(
  "no rule finds anything in %s",
  (_, stack) => {
    expect(findingsIn(stack)).toEqual([]);
  },
);

test("a trail to Cloud Logging is judged by its scope and its roles alone; its account is not in the stack", () => {
  const [, stack = []] = allowed.find(([what]) => what.startsWith("a trail")) ?? [];
  expect(findingsIn(stack, { "resources-in-stack": { except: ["ajeother"] } })).toEqual([]);
});

describe("before ids are known", () => {
  /** A property has its value from a resource of the same update. */
  const lateOf = (name: string, props: Readonly<Record<string, unknown>>) =>
    changed(and(first, { type: "random:index:RandomId", name: "random" }), name, props, {
      from: { [Object.keys(props)[0] ?? ""]: ["random"] },
    });
  const advisory = (rule: string) => [expect.stringMatching(new RegExp(`^${rule} \\(advisory\\): Unknown`))];

  test.each<[string, readonly Made[]]>([
    [
      "organization-scope",
      changed(first, "trail", scoped({ resourceId: "bpforganization", resourceType: late })),
    ],
    ["bucket-encrypted", lateOf("bucket", { serverSideEncryptionConfiguration: late })],
    ["no-force-destroy", lateOf("bucket", { forceDestroy: late })],
    ["protected", lateOf("key", { deletionProtection: late })],
    ["bucket-versioned", lateOf("bucket", { versioning: late })],
    ["bucket-versioned", lateOf("bucket", { versioning: { enabled: late } })],
    ["retention", lateOf("bucket", { lifecycleRules: late })],
    ["retention", lateOf("bucket", lifecycle({ expiration: { days: late } }))],
    ["lock-consistent", lateOf("bucket", { objectLockConfiguration: late })],
    ["no-public-access", lateOf("bucket", { policy: late })],
    ["no-public-access", lateOf("bucket", { acl: late })],
    ["no-public-access", lateOf("bucket", { grants: late })],
    ["account-roles", changed(first, "uploader", { role: late })],
    ["account-roles", changed(first, "uploader", { member: late }, { from: {} })],
    ["account-roles", changed(first, "trail", scoped({ resourceId: late, resourceType: late }))],
    [
      "account-roles",
      and(first, { type: "OrganizationmanagerGroupMembership", name: "g", props: { members: [late] } }),
    ],
    [
      "no-account-keys",
      and(first, { type: "IamServiceAccountKey", name: "k", props: { serviceAccountId: late } }),
    ],
  ])("%s reports unknown", (rule, stack) => {
    const found = findingsIn(stack).filter((text) => text.startsWith(rule));
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(found.map(() => advisory(rule)[0]));
  });

  test("values that the program omits and the provider fills in do not count as late", () => {
    const filled = {
      acl: late,
      policy: late,
      grants: late,
      website: late,
      anonymousAccessFlags: { read: late },
    };
    expect(findingsIn(changed(first, "bucket", filled))).toEqual([]);
    expect(findingsIn(changed(first, "bucket", { versioning: late, ...lock(1) }))).toEqual([
      expect.stringMatching(/^bucket-versioned: /),
      expect.stringMatching(/^lock-consistent: .*only versions can be locked/),
    ]);
  });

  test("a bucket or an account that is not found is reported", () => {
    const { serviceAccountId: _, ...from } = {
      storageDestination: ["bucket"],
      serviceAccountId: ["account"],
    };
    expect(findingsIn(changed(first, "trail", {}, { from }))).toEqual([
      expect.stringMatching(
        /^resources-in-stack \(advisory\): Unknown before the update: which account the trail "trail" uses/,
      ),
    ]);
    const bucketLess = changed(
      first,
      "trail",
      { storageDestination: { bucketName: late } },
      { from: { serviceAccountId: ["account"] } },
    );
    expect(findingsIn(bucketLess)).toContainEqual(
      expect.stringMatching(/^resources-in-stack \(advisory\): Unknown before the update: which bucket/),
    );
  });

  test("a role on a cloud may be one on a folder in it, which no stack shows", () => {
    const viewer = grant("audit-trails.viewer", "ResourcemanagerCloudIamMember", { cloudId: "b1gcloud" });
    const narrow = changed(and(without(sound, "viewer"), viewer), "trail", scoped(folder));
    expect(findingsIn(narrow, { "organization-scope": { except: ["trail"] } })).toEqual([
      expect.stringMatching(/^account-roles \(advisory\): Unknown whether .* on the folder "b1gother"/),
    ]);
  });

  test("a fault is found if only dependencies show the owner", () => {
    const keyed: Made = {
      type: "IamServiceAccountStaticAccessKey",
      name: "static",
      props: { serviceAccountId: late },
      from: { serviceAccountId: ["account"] },
    };
    const other: Made = { type: "IamServiceAccount", name: "other", props: { iamServiceAccountId: late } };
    const primitive: Made = {
      ...grant("editor"),
      props: { role: "editor", folderId: "b1gfolder", member: late },
      from: { member: ["account"] },
    };
    const ofOther: Made = { ...primitive, name: "theirs", from: { member: ["other"] } };
    expect(findingsIn(and(first, keyed, other, primitive, ofOther))).toEqual([
      expect.stringMatching(/^no-primitive-roles: "more" grants/),
      expect.stringMatching(/^no-account-keys: "static" is/),
    ]);
  });

  test("a dependency on the component of a bucket counts as one on the bucket", () => {
    const component: Made = { type: "acme:index:Logs", name: "logs" };
    const stack = changed(
      changed(and(first, component), "bucket", { bucket: late, acl: "public-read" }, { parent: "logs" }),
      "trail",
      { storageDestination: { bucketName: late } },
      { from: { storageDestination: ["logs"], serviceAccountId: ["account"] } },
    );
    expect(findingsIn(stack)).toEqual([expect.stringMatching(/^no-public-access: The bucket "bucket"/)]);
  });

  test("a folder of the same update is recognized by the source of its id", () => {
    const made: Made = { type: "ResourcemanagerFolder", name: "folder" };
    const inFolder = (name: string, stack: readonly Made[]) => {
      const { from } = stack.find((each) => each.name === name) ?? {};
      return changed(stack, name, { folderId: late }, { from: { ...from, folderId: ["folder"] } });
    };
    expect(findingsIn(inFolder("uploader", inFolder("bucket", and(first, made))))).toEqual([]);
    expect(findingsIn(inFolder("uploader", and(first, made)))).toEqual([
      expect.stringMatching(/^account-roles \(advisory\): Unknown whether .* storage.uploader/),
    ]);
  });
});

describe("configuration", () => {
  test("excepted resources are left out, by logical name, name in the cloud or id", () => {
    const narrow = changed(
      and(sound, grant("audit-trails.viewer", undefined, { folderId: "b1gother" })),
      "trail",
      scoped(folder),
    );
    expect(findingsIn(narrow)).toHaveLength(1);
    for (const name of ["trail", "organization", "cnptrail"])
      expect(findingsIn(narrow, { "organization-scope": { except: [name] } })).toEqual([]);
    expect(findingsIn(narrow, { "bucket-encrypted": { except: ["trail"] } })).toHaveLength(1);
    expect(findingsIn(without(sound, "bucket"), { "resources-in-stack": { except: ["acme-logs"] } })).toEqual(
      [],
    );
  });

  test("sets the days of retention", () => {
    const year = bucket(lifecycle({ expiration: { days: 365 }, noncurrentVersionExpiration: { days: 30 } }));
    expect(findingsIn(year, { retention: { days: 366 } })).toEqual([expect.stringMatching(/at least 366/)]);
    expect(findingsIn(year, { retention: { oldVersionsDays: 31 } })).toEqual([
      expect.stringMatching(/at least 31/),
    ]);
  });

  test("required resources are reported when they are deleted and when they are replaced", () => {
    const required = { "nothing-removed": { required: ["cnptrail", "acme-logs", "abjkey"] } };
    expect(findingsIn(sound, required)).toEqual([]);
    expect(findingsIn(without(sound, "trail"), required)).toEqual([
      expect.stringContaining('"cnptrail" is required'),
      expect.stringContaining('"acme-logs" is required'),
      expect.stringContaining('"abjkey" is required'),
    ]);
    // In the preview of a replacement the engine takes the id away.
    expect(findingsIn(changed(sound, "trail", { auditTrailsTrailId: late }), required)).toEqual([
      expect.stringMatching(/^nothing-removed: "cnptrail" is required/),
    ]);
  });

  test("an unknown setting is refused", () => {
    expect(findingsIn(sound, { retention: { day: 3 } })).toEqual([
      'retention: The configuration of retention has an unknown setting "day". Its settings are except, days, oldVersionsDays.',
    ]);
  });
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
