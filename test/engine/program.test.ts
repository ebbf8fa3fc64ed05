import { LocalStack, sevenResources } from "../support/localStack";

test("index.ts, which pulumi up runs, builds the same stack and exports its outputs", async () => {
  await using local = await LocalStack.start();
  // Importing index.ts creates the resources, so it must happen inside the engine's run.
  const program = async () => ({ ...jest.requireActual<Record<string, unknown>>("../../index") });
  const { outputs } = await local.up({}, { program });
  expect(await local.resourceTypes()).toEqual(sevenResources);
  const names = [
    "bucketName",
    "bucketUrl",
    "keyId",
    "objectKeyPrefix",
    "serviceAccountId",
    "trailId",
    "trailStatus",
  ];
  expect(Object.keys(outputs).sort()).toEqual(names);
  expect(outputs.trailStatus?.value).toBe("ACTIVE");
});
