import fc from "fast-check";
import type { BucketSettings } from "../../api/bucketSettings";
import { bucketPolicyOf } from "../../components/bucket/policy";
import { lifecycleRulesOf, type RetentionArgs, retentionFaults } from "../../components/bucket/retention";
import type { ExistingSetUp } from "../../operate/adopt/existingSetUp";
import { matchesOf } from "../../operate/adopt/ids";
import { retentionFrom } from "../../operate/adopt/lifecycleRules";
import { refusalsOfOwners } from "../../operate/adopt/owners";
import { bindingSeparator } from "../../operate/adopt/program";
import { byBucketName, missingRoles } from "../../operate/adopt/roles";
import { configurationOf, setUpOf } from "../../operate/adopt/setUp";
import { weaknessesOf } from "../../operate/adopt/weaknesses";
import type { Resource } from "../../operate/stack/engineJson";
import { checkSettings } from "../../settings/read";
import { settingsSchema } from "../../settings/schema";
import { buildStack } from "../../stack";
import { register } from "../support/mocks";

const organizationId = "bpforganization";
const folderId = "b1gfolder";
const scope = (id: string, type = "resource-manager.folder") => ({ id, type });
const wholeOrganization = scope(organizationId, "organization-manager.organization");

type Trail = NonNullable<ReturnType<ExistingSetUp["trails"]["get"]>>;

const trail = ({
  bucket: bucketId = "logs-one",
  prefix: objectPrefix,
  ...more
}: Partial<Trail> & { bucket?: string; prefix?: string } = {}): Trail => ({
  ...{ folderId, name: "trail", status: "ACTIVE", statusErrorMessage: "", serviceAccountId: "ajeone" },
  destination: { objectStorage: { bucketId, objectPrefix } },
  filteringPolicy: { managementEventsFilter: { resourceScopes: [wholeOrganization] } },
  ...more,
});

const bucket = (settings: Partial<BucketSettings> = {}, otherKey?: string) => ({
  settings: { folderId, encryption: { rules: [{ kmsMasterKeyId: "abjone" }] }, ...settings },
  otherKey,
});

const key = {
  ...{ id: "abjone", folderId, name: "key", algorithm: "AES_256", rotationSeconds: 31_536_000 },
  ...{ deletionProtection: true, status: "ACTIVE", otherBuckets: [] },
};

const found = (more: Partial<Record<keyof ExistingSetUp, unknown>> = {}): ExistingSetUp =>
  ({
    trails: new Map([["cnpone", trail()]]),
    otherTrails: [],
    buckets: new Map([["logs-one", bucket()]]),
    keys: new Map([["abjone", key]]),
    accounts: new Map([["ajeone", { folderId, name: "account" }]]),
    accountKeys: new Map([["ajeone", []]]),
    grants: [],
    organizations: new Map([[folderId, organizationId]]),
    ...more,
  }) as ExistingSetUp;

const refusalsOf = (more: Partial<Record<keyof ExistingSetUp, unknown>>) => setUpOf(found(more)).refusals;

function soundSetUp(given: ExistingSetUp) {
  const { setUp, refusals } = setUpOf(given);
  expect(refusals).toEqual([]);
  if (!setUp) throw new Error("There is no set-up");
  return setUp;
}

const configured = (given: ExistingSetUp) => configurationOf(soundSetUp(given).args);

/** The settings that the program reads of a configuration. */
function settingsOf(configuration: Readonly<Record<string, unknown>>) {
  const defaults = Object.entries(settingsSchema.shape).map(([name, schema]) => [
    name,
    schema.meta()?.default,
  ]);
  const all: Record<string, unknown> = { ...Object.fromEntries(defaults), ...configuration };
  const texts = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, typeof value === "object" ? JSON.stringify(value) : String(value)]);
  return checkSettings(Object.fromEntries(texts));
}

describe("the configuration describes the existing resources", () => {
  test("of the guide's set-up", () => {
    expect(configured(found())).toEqual({
      ...{ organizationId, folderId, bucketName: "logs-one", adopted: true, serviceAccountName: "account" },
      encryption: {
        key: "new",
        keyName: "key",
        keyAlgorithm: "AES_256",
        keyRotationPeriod: "8760h",
        deletionProtection: true,
      },
      retention: { preset: "guide", versioning: false },
      trails: { trail: { name: "trail" } },
    });
  });

  test("of the collected events", () => {
    const filteringPolicy = {
      dataEventsFilters: [
        {
          service: "kms",
          resourceScopes: [wholeOrganization],
          includedEvents: { eventTypes: ["yandex.cloud.audit.kms.Decrypt"] },
        },
        { service: "storage", resourceScopes: [scope("b1gone"), scope("b1ctwo", "resource-manager.cloud")] },
      ],
    };
    const trails = new Map([["cnpone", trail({ filteringPolicy, prefix: "audit", description: "Mine" })]]);
    expect(configured(found({ trails })).trails).toEqual({
      trail: {
        ...{
          name: "trail",
          description: "Mine",
          objectPrefix: "audit",
          managementEvents: false,
          allowRecursion: true,
        },
        dataEvents: {
          kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] },
          storage: { clouds: ["b1ctwo"], folders: ["b1gone"] },
        },
      },
    });
  });

  test("of a size, a lock and a policy that the components would make", () => {
    const access = { administrators: ["ajeadmin"], readers: ["ajereader"], tlsOnly: true, denyDelete: false };
    const settings: Partial<BucketSettings> = {
      versioning: "VERSIONING_ENABLED",
      maxSize: 3 * 2 ** 30,
      objectLock: {
        status: "OBJECT_LOCK_STATUS_ENABLED",
        defaultRetention: { mode: "MODE_COMPLIANCE", days: 30 },
      },
      policy: JSON.parse(bucketPolicyOf("logs-one", ["ajeone"], access)),
    };
    expect(configured(found({ buckets: new Map([["logs-one", bucket(settings)]]) }))).toMatchObject({
      maxSizeGiB: 3,
      objectLock: { mode: "COMPLIANCE", days: 30, confirmation: "nobody can delete a log for 30 days" },
      access,
    });
  });

  test.each<[string, Partial<BucketSettings>, string]>([
    ["a size that is no whole GiB", { maxSize: 1000 }, "maxSizeGiB"],
    [
      "a policy that lets another account upload",
      { policy: JSON.parse(bucketPolicyOf("logs-one", ["other"], { administrators: ["a"] })) },
      "access",
    ],
    [
      "a lock that is longer than the configuration takes",
      {
        versioning: "VERSIONING_ENABLED",
        objectLock: {
          status: "OBJECT_LOCK_STATUS_ENABLED",
          defaultRetention: { mode: "MODE_GOVERNANCE", days: 100_000 },
        },
      },
      "objectLock",
    ],
    ["a policy of another form", { policy: { Statement: [] } }, "access"],
    [
      "a rule for a prefix",
      { lifecycleRules: [{ id: "logs", enabled: true, filter: { prefix: "a/" }, expiration: { days: 3 } }] },
      "retention",
    ],
    [
      "a rule that moves old versions",
      { lifecycleRules: [{ id: "logs", enabled: true, noncurrentTransitions: [{}] }] },
      "retention",
    ],
  ])("%s is left out", (_, settings, name) => {
    const buckets = new Map([["logs-one", bucket(settings)]]);
    expect(configured(found({ buckets }))).not.toHaveProperty(name);
  });

  test("every retention that the components can make is read from the bucket that has it", () => {
    const days = fc.option(fc.integer({ min: 1, max: 4000 }), { nil: undefined });
    const retentions = fc.record<RetentionArgs>({
      preset: fc.constantFrom("guide", "standard", "archive", "year"),
      versioning: fc.option(fc.boolean(), { nil: undefined }),
      ...{ coldAfterDays: days, iceAfterDays: days, expireAfterDays: days },
      ...{ oldVersionsExpireAfterDays: days, abortUploadsAfterDays: days },
    });
    const inTheApi = ({
      noncurrentVersionExpiration: old,
      abortIncompleteMultipartUploadDays: abort,
      ...rule
    }: Made) => ({
      ...rule,
      ...(old && { noncurrentExpiration: { noncurrentDays: old.days } }),
      ...(abort && { abortIncompleteMultipartUpload: { daysAfterExpiration: abort } }),
    });
    fc.assert(
      fc.property(retentions, (retention) => {
        fc.pre(retentionFaults(retention).every((fault) => fault === false));
        const rules = lifecycleRulesOf(retention);
        const isVersioned = retention.versioning ?? retention.preset !== "guide";
        const read = retentionFrom({
          folderId,
          versioning: isVersioned ? "VERSIONING_ENABLED" : "VERSIONING_SUSPENDED",
          lifecycleRules: rules.map((rule) => JSON.parse(JSON.stringify(inTheApi(rule as Made)))),
        });
        expect(read).toBeDefined();
        expect(lifecycleRulesOf(read)).toEqual(rules);
        expect(read?.versioning).toBe(isVersioned);
      }),
    );
  });
  type Made = { noncurrentVersionExpiration?: { days: number }; abortIncompleteMultipartUploadDays?: number };
});

describe("resources that are shared or in other folders are used, not imported", () => {
  test.each<[string, Partial<Record<keyof ExistingSetUp, unknown>>, string, object]>([
    [
      "a bucket with other objects",
      { buckets: new Map([["logs-one", bucket({}, "a.jpg")]]) },
      "it holds other data than the trails' logs, such as a.jpg",
      { bucketFolderId: folderId, encryption: { key: "existing", keyId: "abjone" } },
    ],
    [
      "a bucket of another trail",
      { otherTrails: [{ name: "other", folderId, bucketName: "logs-one", serviceAccountId: "" }] },
      "trail other, which is not adopted, delivers to it",
      { bucketFolderId: folderId },
    ],
    [
      "a key of another bucket",
      { keys: new Map([["abjone", { ...key, otherBuckets: ["photos"] }]]) },
      "it encrypts bucket photos too",
      { encryption: { key: "existing", keyId: "abjone" } },
    ],
    [
      "a key in another folder",
      { keys: new Map([["abjone", { ...key, folderId: "b1gkeys" }]]) },
      "it is in folder b1gkeys",
      { encryption: { key: "existing", keyId: "abjone" } },
    ],
    [
      "an account of another trail",
      { otherTrails: [{ name: "other", folderId, serviceAccountId: "ajeone" }] },
      "trail other, which is not adopted, works with it",
      { serviceAccountId: "ajeone" },
    ],
  ])("%s", (_, more, why, configuration) => {
    const given = found(more);
    expect(soundSetUp(given).onlyUsed.join()).toContain(why);
    expect(configured(given)).toMatchObject(configuration);
  });
});

test.each<[string, Partial<Record<keyof ExistingSetUp, unknown>>, string]>([
  [
    "no trail",
    { trails: new Map([["cnpone", undefined]]) },
    "Trail cnpone does not exist, or may not be read.",
  ],
  [
    "a deleted trail",
    { trails: new Map([["cnpone", trail({ status: "DELETED" })]]) },
    "Trail cnpone is deleted.",
  ],
  [
    "another destination",
    { trails: new Map([["cnpone", trail({ destination: {} })]]) },
    "Trail cnpone does not deliver to Object Storage.",
  ],
  ["no bucket", { buckets: new Map() }, "Bucket logs-one does not exist, or may not be read."],
  [
    "no key",
    { keys: new Map() },
    "Key abjone, which encrypts bucket logs-one, does not exist, or may not be read.",
  ],
  [
    "a key that is off",
    { keys: new Map([["abjone", { ...key, status: "INACTIVE" }]]) },
    "Key abjone, which encrypts bucket logs-one, is INACTIVE, not ACTIVE.",
  ],
  [
    "no account",
    { accounts: new Map() },
    "Service account ajeone of the trails does not exist, or may not be read.",
  ],
  [
    "a bucket of another organization",
    {
      buckets: new Map([["logs-one", bucket({ folderId: "b1gfar" })]]),
      organizations: new Map([
        [folderId, organizationId],
        ["b1gfar", "bpffar"],
      ]),
    },
    "Bucket logs-one is in folder b1gfar, of organization bpffar.",
  ],
  [
    "the older form of a filter",
    {
      trails: new Map([["cnpone", trail({ filteringPolicy: undefined })]]),
      organizations: new Map([[folderId, organizationId]]),
    },
    "it has no filtering policy",
  ],
  [
    "management events of a folder, data events of all",
    {
      trails: new Map([
        [
          "cnpone",
          trail({
            filteringPolicy: {
              managementEventsFilter: { resourceScopes: [scope("b1gone")] },
              dataEventsFilters: [{ service: "kms", resourceScopes: [wholeOrganization] }],
            },
          }),
        ],
      ]),
    },
    "the configuration cannot express that",
  ],
])("%s is refused", (_, more, reason) => {
  expect(refusalsOf(more).join("\n")).toContain(reason);
});

test("a role is missing unless the account has it on the needed place, and another role may replace it", () => {
  const given = found();
  const { needs } = soundSetUp(given);
  const [first, ...others] = needs;
  if (!first) throw new Error("The account needs no role");
  const { role, on, accountId } = first;
  const grant = { role, on, accountId };
  const rolesMissingWith = (grants: readonly object[]) => missingRoles(needs, found({ grants }));

  expect(rolesMissingWith([])).toMatchObject(needs);
  expect(rolesMissingWith([grant])).toMatchObject(others);
  expect(rolesMissingWith(needs)).toEqual([]);
  expect(rolesMissingWith([{ ...grant, accountId: "ajeother" }])).toMatchObject(needs);
  const elsewhere = { ...grant, on: { ...on, id: "elsewhere" } };
  expect(rolesMissingWith([elsewhere])[0]).toMatchObject({ role, on, instead: [elsewhere] });
});

test("all reasons are reported at once", () => {
  expect(refusalsOf({ buckets: new Map(), accounts: new Map() })).toHaveLength(2);
});

/** Set-ups of all kinds, sound and not. */
const anything: fc.Arbitrary<ExistingSetUp> = (() => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const mostly = <T>(value: fc.Arbitrary<T>, ...odd: fc.Arbitrary<T>[]) =>
    fc.oneof({ weight: 20, arbitrary: value }, ...odd);
  const text = mostly(
    fc.constantFrom("logs", "trail-2", "a".repeat(60)),
    ...[fc.constantFrom("Logs of 2026", "", "x-"), fc.string()],
  );
  const place = fc.constantFrom(scope("b1gone"), scope("b1gtwo"), scope("b1c", "resource-manager.cloud"));
  const places: fc.Arbitrary<object[]> = mostly(
    fc.oneof(
      fc.constant<object[]>([wholeOrganization]),
      fc.array<object>(place, { minLength: 1, maxLength: 3 }),
    ),
    fc.constantFrom([wholeOrganization, scope("b1gone")], [scope("b", "storage.bucket")]),
  );
  const events = maybe(
    fc.record({
      eventTypes: fc.array(
        mostly(fc.constant("yandex.cloud.audit.storage.ObjectCreate"), fc.constant("odd")),
        {
          maxLength: 2,
        },
      ),
    }),
  );
  const filters = fc.array(
    fc.record({
      service: mostly(fc.constantFrom("kms", "storage"), fc.constant("Odd")),
      resourceScopes: places,
      includedEvents: events,
    }),
    { maxLength: 2 },
  );
  const trails = fc.record({
    ...{ folderId: mostly(fc.constant(folderId), fc.constant("b1gother")), name: text, description: text },
    status: fc.constantFrom("ACTIVE", "ERROR"),
    serviceAccountId: fc.constantFrom("ajeone", "ajetwo"),
    destination: fc.record({
      objectStorage: fc.record({
        bucketId: fc.constantFrom("logs-one", "logs-two"),
        objectPrefix: mostly(fc.constantFrom("", "audit", "a/b"), fc.constant("a/")),
      }),
    }),
    filteringPolicy: fc.record({
      managementEventsFilter: maybe(fc.record({ resourceScopes: places })),
      dataEventsFilters: filters,
    }),
  });
  const count = fc.integer({ min: 0, max: 100_000 });
  const rules = fc.array(
    fc.record({
      ...{ id: fc.constantFrom("logs", "delete-markers", "other"), enabled: fc.boolean() },
      transitions: fc.array(fc.record({ days: count, storageClass: fc.constantFrom("COLD", "ICE") }), {
        maxLength: 2,
      }),
      expiration: maybe(
        fc.oneof(fc.record({ days: count }), fc.constant({ expiredObjectDeleteMarker: true })),
      ),
      noncurrentExpiration: maybe(fc.record({ noncurrentDays: count })),
      abortIncompleteMultipartUpload: maybe(fc.record({ daysAfterExpiration: count })),
    }),
    { maxLength: 2 },
  );
  const keyId = fc.constantFrom("abjone", "abjtwo");
  const buckets = fc.record({
    otherKey: fc.constantFrom(undefined, undefined, "a.jpg"),
    settings: fc.record({
      folderId: fc.constantFrom(folderId, folderId, "b1gother"),
      versioning: fc.constantFrom("VERSIONING_ENABLED", "VERSIONING_DISABLED"),
      encryption: maybe(keyId.map((kmsMasterKeyId) => ({ rules: [{ kmsMasterKeyId }] }))),
      maxSize: fc.constantFrom(0, 5, 2 ** 31, 2 ** 60),
      lifecycleRules: rules,
      policy: fc.constantFrom(
        undefined,
        { Statement: [] },
        JSON.parse(bucketPolicyOf("logs-one", ["ajeone"], { administrators: ["a"] })),
      ),
      anonymousAccessFlags: maybe(fc.record({ read: fc.boolean() })),
      objectLock: maybe(
        fc.record({
          status: fc.constant("OBJECT_LOCK_STATUS_ENABLED"),
          defaultRetention: fc.record({
            mode: fc.constantFrom("MODE_COMPLIANCE", "MODE_GOVERNANCE"),
            days: maybe(count),
            years: maybe(count),
          }),
        }),
      ),
    }),
  });
  const keys = fc.record({
    ...{
      id: keyId,
      folderId: fc.constantFrom(folderId, folderId, "b1gother"),
      name: text,
      status: fc.constant("ACTIVE"),
    },
    ...{
      algorithm: fc.constantFrom("AES_128", "AES_256"),
      rotationSeconds: maybe(fc.integer({ min: 1, max: 1e9 })),
    },
    ...{ deletionProtection: fc.boolean(), otherBuckets: fc.constantFrom([], [], ["photos"]) },
  });
  const accounts = fc.record({ folderId: fc.constantFrom(folderId, folderId, "b1gother"), name: text });
  const table = <T>(ids: readonly string[], value: fc.Arbitrary<T>) =>
    fc.tuple(...ids.map((id) => value.map((one) => [id, one] as const))).map((entries) => new Map(entries));
  const organizations = fc.constant(
    new Map([
      [folderId, organizationId],
      ["b1gother", organizationId],
    ]),
  );
  return fc.record({
    trails: fc
      .integer({ min: 1, max: 3 })
      .chain((n) => table(["cnpone", "cnptwo", "cnpthree"].slice(0, n), trails)),
    otherTrails: fc.constantFrom(
      [],
      [],
      [{ name: "other", bucketName: "logs-two", serviceAccountId: "ajetwo" }],
    ),
    ...{ buckets: table(["logs-one", "logs-two"], buckets), keys: table(["abjone", "abjtwo"], keys) },
    ...{ accounts: table(["ajeone", "ajetwo"], accounts), organizations },
    accountKeys: table(
      ["ajeone", "ajetwo"],
      fc.constantFrom([], [{ kind: "static key", id: "ajekey" }], undefined),
    ),
    grants: fc.array(
      fc.record({
        role: fc.constantFrom("storage.uploader", "admin"),
        on: fc.constant(scope(folderId)),
        accountId: fc.constantFrom("ajeone", "ajetwo"),
      }),
    ),
  }) as unknown as fc.Arbitrary<ExistingSetUp>;
})();

test("any set-up is refused with a reason, or its configuration is valid, before and after each correction", () => {
  let accepted = 0;
  fc.assert(
    fc.property(anything, (given) => {
      const { setUp, refusals } = setUpOf(given);
      expect(setUp === undefined).toBe(refusals.length > 0);
      if (!setUp) return;
      accepted += 1;
      const configuration = configurationOf(setUp.args);
      settingsOf(configuration);
      for (const { mend } of weaknessesOf(setUp, given)) {
        const commands = mend.matchAll(/pulumi config set --path (\S+) (\S+)/g);
        const mended = [...commands].reduce<unknown>(
          (before, [, path = "", value = ""]) => withValue(before, path.split("."), value),
          configuration,
        );
        settingsOf(mended as Record<string, unknown>);
      }
    }),
    { numRuns: 1000 },
  );
  expect(accepted).toBeGreaterThan(100);
});

function withValue(object: unknown, [name = "", ...path]: readonly string[], value: string): unknown {
  if (!name) return value;
  const owner = Object(object) as Record<string, unknown>;
  return { ...owner, [name]: withValue(owner[name], path, value) };
}

describe("two trails with buckets, keys and accounts of their own", () => {
  const given = found({
    trails: new Map([
      ["cnpone", trail()],
      ["cnptwo", trail({ name: "shop", bucket: "logs-two", serviceAccountId: "ajetwo" })],
    ]),
    buckets: new Map([
      ["logs-one", bucket()],
      ["logs-two", bucket({ encryption: { rules: [{ kmsMasterKeyId: "abjtwo" }] } })],
    ]),
    keys: new Map([
      ["abjone", key],
      // Names of keys are not unique.
      ["abjtwo", { ...key, id: "abjtwo" }],
    ]),
    accounts: new Map([
      ["ajeone", { folderId, name: "account" }],
      ["ajetwo", { folderId, name: "shop-account" }],
    ]),
  });

  test("each part has the name that the program gives it", async () => {
    const setUp = soundSetUp(given);
    const settings = settingsOf(configurationOf(setUp.args));
    const { resources } = await register(() => buildStack(settings));
    const types = {
      trail: "AuditTrailsTrail",
      account: "IamServiceAccount",
      bucket: "StorageBucket",
      key: "KmsSymmetricKey",
    };
    const made = resources
      .filter(({ type }) => Object.values(types).includes(type))
      .map(({ type, name }) => `${type} ${name}`);
    expect(setUp.parts.map(({ kind, name }) => `${types[kind]} ${name}`).sort()).toEqual(made.sort());
    const idOf = (name: string) => setUp.parts.filter((part) => part.name === name).map(({ id }) => id);
    expect(idOf("audit-trails-key-logs-two")).toEqual(["abjtwo"]);
    expect(idOf("audit-trails-account-shop-account")).toEqual(["ajetwo"]);
  });
});

describe("ids of role bindings", () => {
  const urn = (type: string, name: string) =>
    `urn:pulumi:dev::p::yandex-audit-trails:index:AuditTrails$yandex:index/x:${type}::${name}`;
  const resource = (type: string, name: string, inputs: Resource["inputs"], inputSources = {}): Resource => ({
    ...{
      urn: urn(type, name),
      type: `yandex:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`,
      inputs,
      inputSources,
    },
    ...{ outputs: {}, protect: true, retainOnDelete: false, hooks: [] },
  });
  const account = resource("IamServiceAccount", "audit-trails-account", {});
  const sources = { member: [account.urn] };
  const planned = [
    account,
    resource("ResourcemanagerFolderIamMember", "granted", { folderId, role: "storage.uploader" }, sources),
    resource("ResourcemanagerFolderIamMember", "missing", { folderId, role: "audit-trails.viewer" }, sources),
    resource("StorageBucketPolicy", "policy", { bucket: "logs-one" }),
  ];
  const parts = [{ kind: "account" as const, name: "audit-trails-account", id: "ajeone" }];
  const granted = [{ role: "storage.uploader", on: scope(folderId), accountId: "ajeone" }];

  test.each([
    ["0.137.0", " "],
    ["0.159.0", " "],
    ["0.160.0", ","],
    ["0.222.0", ","],
    ["1.0.0", ","],
  ])(
    "with release %s %j separates the parts of the ids, and roles that are not granted have no id",
    (release, separator) => {
      expect(bindingSeparator(release)).toBe(separator);
      const ids = matchesOf(planned, [], { parts, granted, release }).map(({ id }) => id);
      expect(ids).toEqual([
        "ajeone",
        [folderId, "storage.uploader", "serviceAccount:ajeone"].join(separator),
        "logs-one",
      ]);
    },
  );
});

describe("roles of the account beside what the trails need", () => {
  const organizationPlace = { type: "organization-manager.organization", id: organizationId };
  const folderPlace = { type: "resource-manager.folder", id: folderId };
  const grant = (role: string, on: object) => ({ role, on, accountId: "ajeone" });
  const viewer = grant("audit-trails.viewer", organizationPlace);
  const uploader = grant("storage.uploader", folderPlace);
  const rolesIn = (...grants: object[]) => {
    const given = found({ grants });
    return weaknessesOf(soundSetUp(given), given).filter(({ what }) => what.includes("has role"));
  };

  test("a role that the trail's own role on the same place replaces is superfluous, and the report has the command that removes it", () => {
    expect(rolesIn(viewer, uploader, grant("storage.admin", folderPlace))).toEqual([
      {
        what: `Service account ajeone has role storage.admin on folder ${folderId}, which no trail needs.`,
        mend: `yc resource-manager folder remove-access-binding --id ${folderId} --role storage.admin --subject serviceAccount:ajeone`,
      },
    ]);
  });

  test("a role that replaces one that pulumi up still has to grant stays: no command", () => {
    const [only, ...others] = rolesIn(uploader, grant("audit-trails.admin", organizationPlace));
    expect(others).toEqual([]);
    expect(only?.what).toContain("audit-trails.admin");
    expect(only?.what).toContain("instead of audit-trails.viewer");
    expect(only?.mend).toMatch(/^pulumi up /);
  });

  test("a role that another trail may use is unknown: no command", () => {
    const cloudPlace = { type: "resource-manager.cloud", id: "b1gcloud" };
    const [only] = rolesIn(viewer, uploader, grant("audit-trails.viewer", cloudPlace));
    expect(only?.what).toContain("It is unknown whether");
    expect(only?.mend).not.toContain("remove-access-binding");
  });

  test("a role that no trail uses is superfluous", () => {
    const [only] = rolesIn(viewer, uploader, grant("iam.serviceAccounts.tokenCreator", folderPlace));
    expect(only?.mend).toContain("remove-access-binding");
  });
});

describe("the existing roles", () => {
  const own = (role: string, type: string, id: string) => ({ role, on: { type, id }, accountId: "ajeone" });
  const onBucket = own("storage.uploader", "storage.bucket", "e3eone");
  const onFolder = own("storage.uploader", "resource-manager.folder", folderId);
  const encrypter = own("kms.keys.encrypter", "kms.symmetricKey", "abjone");
  const both = own("kms.keys.encrypterDecrypter", "kms.symmetricKey", "abjone");
  /** The choice that is configured. */
  const rolesOf = (
    grants: readonly object[],
    otherUploaders: readonly string[] | undefined = [],
    isNewer = true,
  ) => {
    const one = bucket();
    const settings = { ...one.settings, resourceId: "e3eone" };
    const given = found({ grants, buckets: new Map([["logs-one", { ...one, settings, otherUploaders }]]) });
    const { setUp } = setUpOf(given, isNewer);
    return { roles: setUp?.args.roles, needs: setUp?.needs.map(({ role, on }) => `${role} on ${on.id}`) };
  };

  test("decide the choice of roles, so that no role has to change", () => {
    const { roles, needs } = rolesOf([onBucket, encrypter]);
    expect(roles).toEqual({ uploader: "bucket", key: "encrypter" });
    expect(needs).toEqual(
      expect.arrayContaining(["storage.uploader on e3eone", "kms.keys.encrypter on abjone"]),
    );
  });

  test.each<[string, Parameters<typeof rolesOf>]>([
    ["the guide's are there", [[onFolder, both]]],
    ["nothing is there", [[]]],
    ["the folder has the role too", [[onBucket, onFolder, both]]],
    ["others have the role on the bucket", [[onBucket, both], ["userAccount:backup"]]],
    ["the provider cannot grant it there", [[onBucket, both], [], false]],
    ["both roles are on the key", [[onFolder, both, encrypter]]],
  ])("are those of the guide if %s", (_, given) => {
    const { roles, needs } = rolesOf(...given);
    expect(roles).toBeUndefined();
    expect(needs).toEqual(
      expect.arrayContaining([`storage.uploader on ${folderId}`, "kms.keys.encrypterDecrypter on abjone"]),
    );
  });

  test("on a bucket are imported by its name, where all that the program names have them", () => {
    const type = "yandex:index/storageBucketIamBinding:StorageBucketIamBinding";
    const inputs = { bucket: "logs-one", role: "storage.uploader", members: ["serviceAccount:ajeone"] };
    const urn = `urn:pulumi:dev::project::yandex-audit-trails:index:AuditTrails$${type}::binding`;
    const planned = {
      urn,
      type,
      inputs,
      outputs: {},
      protect: true,
      retainOnDelete: false,
      hooks: [],
      inputSources: {},
    };
    const one = bucket();
    const buckets = new Map([["logs-one", { ...one, settings: { ...one.settings, resourceId: "e3eone" } }]]);
    const matches = (grants: ExistingSetUp["grants"]) =>
      matchesOf([planned], [], {
        parts: [],
        granted: grants.map((grant) => ({ ...grant, on: byBucketName(grant.on, found({ buckets })) })),
        release: "0.222.0",
      });
    expect(matches([onBucket]).map(({ id }) => id)).toEqual(["logs-one,storage.uploader"]);
    expect(matches([])).toEqual([]);
  });
});

describe("a resource with the marks of a stack", () => {
  const marks = { "pulumi-project": "audit", "pulumi-stack": "dev" };
  const marked = found({
    trails: new Map([["cnpone", trail({ labels: marks })]]),
    buckets: new Map([
      ["logs-one", bucket({ tags: Object.entries(marks).map(([key, value]) => ({ key, value })) })],
    ]),
    keys: new Map([["abjone", { ...key, labels: marks }]]),
    accounts: new Map([
      ["ajeone", { folderId, name: "account", description: "Collects. Pulumi project audit, stack dev." }],
    ]),
  });

  test("is refused in another stack, by name and with the option that takes it over", () => {
    const refusals = refusalsOfOwners(marked, "audit", "prod");
    for (const part of ["trail cnpone", "bucket logs-one", "key abjone", "service account ajeone"])
      expect(refusals).toContainEqual(
        expect.stringMatching(`^${part} belongs to stack dev of project audit.*--from audit/dev$`),
      );
    expect(refusals).toHaveLength(4);
  });

  test.each([
    ["its own stack", "audit", "dev", undefined],
    ["a stack that manages it no more", "audit", "prod", "audit/dev"],
  ])("is taken over by %s", (_, project, stack, from) => {
    expect(refusalsOfOwners(marked, project, stack, from)).toEqual([]);
  });

  test("no resource without marks is refused", () => {
    expect(refusalsOfOwners(found(), "audit", "prod")).toEqual([]);
  });
});

test("a prefix that new trails may not have is taken over as it is", () => {
  const given = found({ trails: new Map([["cnpone", trail({ prefix: "audit/" })]]) });
  expect(configured(given).trails).toEqual({ trail: { name: "trail", objectPrefix: "audit/" } });
  expect(settingsOf(configured(given))).toMatchObject({ adopted: true });
});

test("an account that a trail of another folder uses is used, not imported", () => {
  const otherTrails = [{ name: "all", folderId: "b1gelsewhere", serviceAccountId: "ajeone" }];
  expect(soundSetUp(found({ otherTrails })).onlyUsed).toEqual([
    "Service account ajeone is only used and not managed: trail all in folder b1gelsewhere, which is not adopted, works with it.",
  ]);
});

describe("keys of the account", () => {
  const keysIn = (accountKeys: object) => {
    const given = found({ accountKeys });
    return weaknessesOf(soundSetUp(given), given).filter(
      ({ what }) => /key/.test(what) && /account/.test(what),
    );
  };

  test("are named, each with the command that deletes it", () => {
    const keys = [
      { kind: "static key", id: "ajekeyone" },
      { kind: "authorized key", id: "ajekeytwo" },
    ];
    expect(keysIn(new Map([["ajeone", keys]]))).toEqual([
      {
        what: expect.stringContaining("has static key ajekeyone"),
        mend: "yc iam access-key delete ajekeyone",
      },
      { what: expect.stringContaining("has authorized key ajekeytwo"), mend: "yc iam key delete ajekeytwo" },
    ]);
    expect(keysIn(new Map([["ajeone", []]]))).toEqual([]);
  });

  test("are unknown if they may not be listed", () => {
    expect(keysIn(new Map([["ajeone", undefined]]))).toEqual([
      {
        what: expect.stringMatching(/^It is unknown whether service account ajeone has keys/),
        mend: expect.any(String),
      },
    ]);
  });
});
