import * as pulumi from "@pulumi/pulumi";
import { AuditTrails, type AuditTrailsArgs, type OnRemoval, type TrailSettings } from "../../../components";
import { idOf, register, resolved } from "../../support/mocks";
import { argumentsOf, type Configuration, variants, madeUpWorld as world } from "../../support/variants";

const { organizationId, folderId, bucketName } = world;

const build = (args: Partial<AuditTrailsArgs> = {}) =>
  register(() => new AuditTrails("audit-trails", { organizationId, folderId, bucketName, ...args }));
const buildVariant = (configuration: Configuration) => build(argumentsOf(configuration));

// Warnings have tests of their own.
beforeEach(() => jest.spyOn(console, "warn").mockImplementation());

describe.each(variants)("$name", ({ configure, expected }) => {
  test("registers exactly these resources, with exactly these inputs", async () => {
    const { resources } = await buildVariant(configure(world));
    const seen = resources.map(({ type, name, inputs }) => ({ type, name, inputs }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(seen.sort(byName)).toEqual([...expected(world)].sort(byName));
  });

  test("every trail waits for its bucket and for every role of its account", async () => {
    const { resources } = await buildVariant(configure(world));
    for (const trail of resources.filter(({ type }) => type === "AuditTrailsTrail")) {
      const { serviceAccountId, storageDestination } = trail.inputs;
      const waited = resources.filter(
        ({ type, inputs }) =>
          inputs.member === `serviceAccount:${serviceAccountId}` ||
          (type === "StorageBucket" &&
            inputs.bucket === (storageDestination as { bucketName: string }).bucketName),
      );
      expect(waited.length).toBeGreaterThanOrEqual(2);
      expect([...trail.waitsFor].sort()).toEqual(
        expect.arrayContaining(waited.map(({ type }) => type).sort()),
      );
    }
  });
});

test.each<[pulumi.ComponentResourceOptions | undefined, boolean]>([
  [undefined, true],
  [{}, true],
  [{ protect: undefined }, true],
  [{ protect: false }, false],
])("with the options %j every resource is protected: %j", async (opts, isProtected) => {
  const args = { organizationId, folderId, bucketName };
  const { resources } = await register(() => new AuditTrails("audit-trails", args, opts));
  expect(resources.map(({ protect }) => protect)).toEqual(Array(7).fill(isProtected));
});

test("every child is named after its parent, and has it as its parent", async () => {
  const { resources } = await build();
  for (const { name, parent } of resources) expect(name.startsWith(parent ?? "?")).toBe(true);
});

test("a policy lists administrators, readers and the trails' accounts, in any order", async () => {
  const access = { administrators: ["admin"], readers: ["reader"] };
  const { resources } = await build({
    access,
    trails: { organization: {}, other: { serviceAccountName: "other" } },
  });
  // Of the bucket, or of a resource of its own in newer releases of the provider.
  const policy = String(resources.find(({ inputs }) => inputs.policy)?.inputs.policy);
  const statements = JSON.parse(policy).Statement as { Sid: string; Principal: unknown }[];
  expect(statements.map(({ Sid, Principal }) => [Sid, Principal])).toEqual([
    ["trails-upload", { CanonicalUser: [idOf("audit-trails-account"), idOf("audit-trails-account-other")] }],
    ["administrators", { CanonicalUser: ["admin"] }],
    ["readers-read", { CanonicalUser: ["reader"] }],
    ["nobody-deletes", "*"],
    ["tls-only", "*"],
  ]);
});

test("a policy waits for the ids of accounts that the same program makes", async () => {
  const { resources } = await build({
    access: { administrators: [pulumi.output("admin")], readers: ["reader", pulumi.output("late")] },
  });
  const policy = String(resources.find(({ inputs }) => inputs.policy)?.inputs.policy);
  expect(JSON.parse(policy).Statement).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ Sid: "administrators", Principal: { CanonicalUser: ["admin"] } }),
      expect.objectContaining({ Sid: "readers-read", Principal: { CanonicalUser: ["late", "reader"] } }),
    ]),
  );
});

test("expired logs are deleted permanently after the same number of days, unless an argument says otherwise", async () => {
  const { resources } = await build({ retention: { preset: "year" } });
  expect(resources.find(({ type }) => type === "StorageBucket")?.inputs.lifecycleRules).toContainEqual({
    id: "logs",
    enabled: true,
    transitions: [{ days: 90, storageClass: "COLD" }],
    expiration: { days: 365 },
    noncurrentVersionExpiration: { days: 365 },
    abortIncompleteMultipartUploadDays: 7,
  });
});

test("without management events the account gets a role only where data events are collected", async () => {
  const { resources } = await build({
    trails: { t: { managementEvents: false, dataEvents: { lockbox: { folders: { chosen: "chosen" } } } } },
  });
  const viewers = resources.filter(({ inputs }) => inputs.role === "audit-trails.viewer");
  expect(viewers.map(({ inputs }) => inputs.folderId)).toEqual(["chosen"]);
});

test("buckets of several trails that share an existing key share one role on it, named after the key", async () => {
  const row = (bucketName: string): TrailSettings => ({
    bucketName: `bucket-${bucketName}`,
    encryption: { key: "existing", keyId: "shared" },
  });
  const rolesOn = async (trails: Record<string, TrailSettings>) => {
    const { resources } = await build({ trails });
    return resources.flatMap(({ name, inputs }) => (inputs.symmetricKeyId === "shared" ? [name] : []));
  };
  const name = "audit-trails-account-kms.keys.encrypterDecrypter-shared";
  expect(await rolesOn({ one: row("one"), two: row("two") })).toEqual([name]);
  // It is still called so when the first of them goes.
  expect(await rolesOn({ two: row("two") })).toEqual([name]);
});

test.each<[Partial<AuditTrailsArgs>, boolean, boolean]>([
  [{ onRemoval: "keep" }, true, true],
  [{ onRemoval: "deleteIfEmpty" }, false, false],
  [{ onRemoval: "deleteWithLogs", encryption: { deletionProtection: false } }, false, false],
])(
  "with %j bucket and key are retained: %j, and the key protected: %j",
  async (args, retained, protection) => {
    const { resources } = await build(args);
    for (const type of ["StorageBucket", "KmsSymmetricKey"])
      expect(resources.find((resource) => resource.type === type)?.retainOnDelete).toBe(retained);
    const key = resources.find(({ type }) => type === "KmsSymmetricKey");
    expect(key?.inputs.deletionProtection).toBe(protection);
  },
);

test.each([
  [undefined, `${idOf("audit-trails-organization")}/`],
  ["logs/org", `logs/org/${idOf("audit-trails-organization")}/`],
])(
  "with prefix %j the outputs say that logs land under %s, and name every resource",
  async (objectPrefix, keyPrefix) => {
    const { result } = await build({ trails: { organization: { objectPrefix } } });
    const outputs = result.trails.organization;
    if (!outputs) throw new Error("no outputs");
    expect(await resolved(outputs.objectKeyPrefix)).toBe(keyPrefix);
    expect(await resolved(outputs.trailId)).toBe(idOf("audit-trails-organization"));
    expect(await resolved(outputs.trailStatus)).toBe("ACTIVE");
    expect(await resolved(outputs.bucketName)).toBe("audit-logs");
    expect(outputs.bucketUrl && (await resolved(outputs.bucketUrl))).toBe("https://audit-logs.storage.test");
    expect(outputs.keyId && (await resolved(outputs.keyId))).toBe(idOf("audit-trails-key"));
    expect(await resolved(outputs.serviceAccountId)).toBe(idOf("audit-trails-account"));
  },
);

test("arguments that contradict others are refused, all at once, before any resource is registered", async () => {
  const refused = build({
    encryption: { key: "none", keyName: "k" },
    onRemoval: "perhaps" as OnRemoval,
    trails: { organization: { managementEvents: false } },
  });
  await expect(refused).rejects.toThrow(
    /onRemoval: must be keep.*encryption\.keyName: is only for new keys.*trails\.organization: collects nothing/s,
  );
});

test("a role on the bucket alone is refused if the provider cannot grant it, and the message says what to do", async () => {
  await expect(build({ roles: { uploader: "bucket" } })).rejects.toThrow(
    /roles\.uploader: is "bucket", and this release of the provider has no StorageBucketIamBinding, .*docs\/provider-releases\.md.*, or "folder"/,
  );
});
