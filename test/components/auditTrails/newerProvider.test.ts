import { AuditTrails, type AuditTrailsArgs, type OnRemoval, TrailServiceAccount } from "../../../components";
import schema from "../../data/schema-0.222.0.json";
import { idOf, register } from "../../support/mocks";
import { keptInputs } from "../../support/schemaSdk";
import { argumentsOf, variants, madeUpWorld as world } from "../../support/variants";

// Provider 0.222.0 cannot be run here. Its schema replaces it.
jest.mock("@pulumi/yandex", () => {
  const { sdkOf } = jest.requireActual("../../support/schemaSdk");
  return sdkOf(jest.requireActual("../../data/schema-0.222.0.json"));
});

const { organizationId, folderId, bucketName } = world;

const build = async (args: Partial<AuditTrailsArgs> = {}) => {
  const program = () => new AuditTrails("audit-trails", { organizationId, folderId, bucketName, ...args });
  return (await register(program)).resources;
};
const access = { administrators: ["admin"] };

// Warnings have tests of their own.
beforeEach(() => jest.spyOn(console, "warn").mockImplementation());

test.each(variants)(
  "$name: the same resources with the same inputs, none of which is deprecated",
  async ({ configure, expected }) => {
    const seen = (await build(argumentsOf(configure(world)))).map(({ type, name, inputs }) => ({
      type,
      name,
      inputs,
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(seen.sort(byName)).toEqual([...expected(world)].sort(byName));
  },
);

test("an input that keeps its old value if omitted is set in all variants or in none", async () => {
  const kept = keptInputs(schema);
  const configurations = [...variants.map(({ configure }) => argumentsOf(configure(world))), { access }];
  const set = new Map<string, readonly string[]>();
  for (const configuration of configurations)
    for (const { type, name, inputs } of await build(configuration)) {
      const here = (kept[type] ?? []).filter((input) => inputs[input] !== undefined);
      expect([name, here]).toEqual([name, set.get(name) ?? here]);
      set.set(name, here);
    }
  expect(set.get("audit-trails-key")).toEqual([
    "defaultAlgorithm",
    "deletionProtection",
    "description",
    "folderId",
    "labels",
    "name",
    "rotationPeriod",
  ]);
});

describe("the policy is a resource of its own", () => {
  const policyIn = async (args: Partial<AuditTrailsArgs>) => {
    const resources = await build(args);
    const [policy, ...others] = resources.filter(({ type }) => type === "StorageBucketPolicy");
    expect(others).toEqual([]);
    return { policy, resources };
  };

  test("with access, it is a resource beside a bucket without a policy, and the trail waits for it", async () => {
    const { policy, resources } = await policyIn({ access });
    const statements: { Sid: string }[] = JSON.parse(String(policy?.inputs.policy)).Statement;
    expect(policy?.inputs.bucket).toBe(bucketName);
    expect(statements.map(({ Sid }) => Sid)).toContain("nobody-deletes");
    expect(resources.find(({ type }) => type === "StorageBucket")?.inputs).not.toHaveProperty("policy");
    expect(resources.find(({ type }) => type === "AuditTrailsTrail")?.waitsFor).toContain(
      "StorageBucketPolicy",
    );
  });

  test("without access there is none", async () => {
    expect((await policyIn({})).policy).toBeUndefined();
  });

  test.each<OnRemoval>(["keep", "deleteIfEmpty"])(
    "with onRemoval %s it is neither protected nor kept, and is deleted only if its bucket stays",
    async (onRemoval) => {
      const { policy } = await policyIn({ access, onRemoval });
      expect(policy).toMatchObject({
        protect: false,
        retainOnDelete: false,
        deletedWith: "audit-trails-bucket",
      });
    },
  );
});

describe("the role to upload, on the bucket alone", () => {
  const onBucket = { roles: { uploader: "bucket" } } as const;
  const member = (account: string) => `serviceAccount:${idOf(account)}`;
  const grants = (resources: Awaited<ReturnType<typeof build>>) =>
    resources
      .filter(({ inputs }) => inputs.role === "storage.uploader")
      .map(({ type, name, inputs, waitsFor: _, ...others }) => ({ type, name, inputs, ...others }));

  test("is granted to the account by one binding, which the trail waits for, and on no folder", async () => {
    const resources = await build(onBucket);
    expect(grants(resources)).toEqual([
      expect.objectContaining({
        type: "StorageBucketIamBinding",
        name: "audit-trails-bucket-storage.uploader",
        inputs: { bucket: bucketName, role: "storage.uploader", members: [member("audit-trails-account")] },
        protect: true,
      }),
    ]);
    const trail = resources.find(({ type }) => type === "AuditTrailsTrail");
    expect(trail?.waitsFor).toContain("StorageBucketIamBinding");
  });

  test("is one binding for all accounts of a bucket, and one for each bucket", async () => {
    const resources = await build({
      ...onBucket,
      trails: {
        organization: {},
        second: { serviceAccountName: "second" },
        elsewhere: {
          serviceAccountName: "second",
          bucketName: "other-logs",
          bucketFolderId: "other-folder",
          encryption: { key: "none" },
        },
      },
    });
    expect(grants(resources).map(({ name, inputs: { bucket, members } }) => [name, bucket, members])).toEqual(
      [
        [
          "audit-trails-bucket-storage.uploader",
          bucketName,
          [member("audit-trails-account"), member("audit-trails-account-second")],
        ],
        [
          "audit-trails-bucket-other-logs-storage.uploader",
          "other-logs",
          [member("audit-trails-account-second")],
        ],
      ],
    );
  });

  test("stays with an existing account when the stack goes, as its other roles do", async () => {
    const [binding] = grants(await build({ ...onBucket, serviceAccountId: "existing" }));
    expect(binding).toMatchObject({ retainOnDelete: true, inputs: { members: ["serviceAccount:existing"] } });
  });

  test("is granted by TrailServiceAccount too, on buckets by name", async () => {
    const args = { folderId, scopes: {}, bucketNames: { "": bucketName }, ...onBucket };
    const { resources } = await register(() => new TrailServiceAccount("account", args));
    expect(grants(resources)).toMatchObject([
      { name: "account-storage.uploader", inputs: { bucket: bucketName, members: [member("account")] } },
    ]);
  });

  test.each<[string, object, RegExp]>([
    [
      "a folder with it",
      { bucketFolderIds: { "": "folder" }, ...onBucket },
      /bucketFolderIds: is for roles.uploader "folder"/,
    ],
    [
      "bucket names without it",
      { bucketFolderIds: { "": "folder" }, bucketNames: { "": "logs" } },
      /bucketNames: is for/,
    ],
    ["no place at all", {}, /bucketFolderIds: is missing/],
  ])("TrailServiceAccount refuses %s", async (_, args, message) => {
    const program = () => new TrailServiceAccount("account", { folderId, scopes: {}, ...args });
    await expect(register(program)).rejects.toThrow(message);
  });
});

test("the role to encrypt replaces the role to encrypt and decrypt", async () => {
  const grants = (await build({ roles: { key: "encrypter" } })).filter(
    ({ type }) => type === "KmsSymmetricKeyIamMember",
  );
  expect(grants.map(({ name, inputs }) => [name, inputs.role])).toEqual([
    ["audit-trails-account-kms.keys.encrypter", "kms.keys.encrypter"],
  ]);
});
