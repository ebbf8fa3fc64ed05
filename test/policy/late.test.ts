import { and, folder, grant, lifecycle, lock, scoped } from "../support/policyCases";
import { changed, findingsIn, first, late, type Made, sound, without } from "../support/policyStack";

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
