import { AuditTrails, type AuditTrailsArgs, type OnRemoval } from "../../../components";
import schema from "../../data/schema-0.222.0.json";
import { register } from "../../support/mocks";
import { keptInputs } from "../../support/schemaSdk";
import { argumentsOf, variants, madeUpWorld as world } from "../../support/variants";

// Provider 0.222.0 cannot be run here: its schema stands for it.
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

test("an input that keeps its old value where it is left out is never left out in one variant and set in another", async () => {
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

  test("where access is given it stands beside the bucket, which has none, and the trail waits for it", async () => {
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
    "with onRemoval %s it is neither protected nor kept, and goes only where its bucket does not go",
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
