import { AuditTrails, type AuditTrailsArgs } from "../../../components";
import older from "../../data/schema-0.137.0.json";
import newer from "../../data/schema-0.222.0.json";
import { register } from "../../support/mocks";
import type { PackageSchema } from "../../support/schemaSdk";
import { madeUpWorld } from "../../support/variants";

const { organizationId, folderId, bucketName } = madeUpWorld;

/** Inputs that stay as they are in the cloud, by the class of their resource. */
async function keptWith(args: Partial<AuditTrailsArgs>): Promise<Record<string, readonly string[]>> {
  const program = () => new AuditTrails("audit-trails", { organizationId, folderId, bucketName, ...args });
  const { resources } = await register(program);
  return Object.fromEntries(resources.flatMap(({ type, kept }) => (kept.length > 0 ? [[type, kept]] : [])));
}

/** Everything that arguments can say of what stays otherwise. */
const said: Partial<AuditTrailsArgs> = {
  labels: {},
  encryption: { keyAlgorithm: "AES_256", keyRotationPeriod: "24h", deletionProtection: false },
  retention: { preset: "guide" },
  maxSizeGiB: 1,
  access: { administrators: ["admin"] },
  accessLogsBucketName: "access-logs",
  trails: { organization: { description: "Mine" } },
};

test("resources that the component creates keep no values of the cloud", async () => {
  expect(await keptWith({})).toEqual({});
});

test("adopted resources keep all values that no argument sets, except encryption, collected events and roles", async () => {
  const kept = await keptWith({ adopted: true });
  expect(kept).toEqual({
    KmsSymmetricKey: ["description", "labels", "defaultAlgorithm", "rotationPeriod", "deletionProtection"],
    IamServiceAccount: ["description"],
    StorageBucket: expect.arrayContaining([
      "tags",
      "versioning",
      "lifecycleRules",
      "policy",
      "anonymousAccessFlags",
    ]),
    AuditTrailsTrail: ["description", "labels"],
  });
  expect(kept.StorageBucket).not.toContain("serverSideEncryptionConfiguration");
});

test("values that an argument sets are managed", async () => {
  const kept = await keptWith({ adopted: true, ...said });
  expect(kept).toEqual({
    KmsSymmetricKey: ["description"],
    IamServiceAccount: ["description"],
    StorageBucket: [
      ...["objectLockConfiguration", "anonymousAccessFlags", "forceDestroy", "acl", "grants", "corsRules"],
      ...["website", "https", "defaultStorageClass"],
    ],
  });
});

// Provider 0.222.0 cannot be run here. Its schema replaces it.
test.each<[string, PackageSchema]>([
  ["0.137.0", older],
  ["0.222.0", newer],
])("all kept values are inputs of provider %s", async (_, { resources }) => {
  for (const [type, kept] of Object.entries(await keptWith({ adopted: true }))) {
    const inputs = Object.entries(resources).find(([token]) => token.endsWith(`:${type}`))?.[1]
      .inputProperties;
    expect([type, kept.filter((name) => !(name in (inputs ?? {})))]).toEqual([type, []]);
  }
});
