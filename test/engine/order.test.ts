import type { Pick } from "../../emulator/backend/faults";
import { LocalStack, programOf, sevenResources } from "../support/localStack";

/** Without help these win the race against the trail: they wait until the trail's call has come, or so many milliseconds. */
const holds: readonly Pick[] = [
  { method: "OrganizationService/UpdateAccessBindings" },
  { method: "FolderService/UpdateAccessBindings" },
  { method: "SymmetricKeyService/UpdateAccessBindings" },
  { method: "BucketService/Create" },
];
const hold = ({ emulator }: LocalStack, held: Pick, bound: number) =>
  emulator.cloud.faults.hold(held, { until: { method: "TrailService/Create" }, bound });

// That the cloud refuses a trail without each of them: test/emulator/prerequisites.test.ts.
test("the cloud refuses a trail that does not wait for a role of its account, and the correct program continues", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  hold(local, { method: "OrganizationService/UpdateAccessBindings" }, 5_000);
  const { output, failed } = await local.failingUp(
    { rolePropagationTimeoutSeconds: 0 },
    { program: programOf("order"), environment: { WITHOUT: "OrganizationmanagerOrganizationIamMember" } },
  );
  expect(failed).toEqual(["AuditTrailsTrail"]);
  expect(output).toContain('Create of the trail "audit-trails-organization" failed (PermissionDenied).');
  expect(cloud.trails.all()).toEqual([]);

  cloud.faults.clear();
  await local.up();
  expect(cloud.trails.all()).toMatchObject([{ status: "ACTIVE" }]);
});

test("a trail waits for slow calls", async () => {
  await using local = await LocalStack.start();
  for (const held of holds) hold(local, held, 1_000);
  const { trail } = await local.up();
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(await local.resourceTypes()).toEqual(sevenResources);
});

const parts = { program: programOf("parts") };

test("parts used one by one: a trail that depends on bucket and account waits for slow calls", async () => {
  await using local = await LocalStack.start();
  for (const held of holds) hold(local, held, 1_000);
  const { outputs } = await local.up({}, parts);
  expect(outputs.trailStatus).toBe("ACTIVE");
  expect(await local.resourceTypes()).toEqual(sevenResources);
});

test("parts used one by one: a trail that does not depend on the bucket is refused if the bucket is slow", async () => {
  await using local = await LocalStack.start();
  hold(local, { method: "BucketService/Create" }, 5_000);
  const { output, failed } = await local.failingUp({}, { ...parts, environment: { WITHOUT: "bucket" } });
  expect(failed).toEqual(["AuditTrailsTrail"]);
  expect(output).toContain('Create of the trail "trail" failed (NotFound).');
  expect(local.emulator.cloud.trails.all()).toEqual([]);
});
