import { LocalStack, sevenResources } from "../support/localStack";

test("index.ts, which pulumi up runs, exports what README says of a trail", async () => {
  await using local = await LocalStack.start();
  const { trail } = await local.up();
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
  expect(Object.keys(trail).sort()).toEqual(names);
  expect(trail.trailStatus).toBe("ACTIVE");
});
