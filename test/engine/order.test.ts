import type { Pick } from "../../emulator/backend/faults";
import { LocalStack, programOf, sevenResources } from "../support/localStack";

/** Without help the others win the race against the trail: their calls wait until the trail's has come, or 5 seconds. */
const bound = 5_000;
const untilTrail = { until: { method: "TrailService/Create" }, bound };

const removable: { dependency: string; held: Pick; code: string; key?: string }[] = [
  {
    dependency: "OrganizationmanagerOrganizationIamMember",
    held: { method: "OrganizationService/UpdateAccessBindings" },
    code: "PermissionDenied",
  },
  {
    dependency: "ResourcemanagerFolderIamMember",
    held: { method: "FolderService/UpdateAccessBindings" },
    code: "PermissionDenied",
  },
  {
    dependency: "KmsSymmetricKeyIamMember",
    held: { method: "SymmetricKeyService/UpdateAccessBindings" },
    code: "PermissionDenied",
  },
  { dependency: "StorageBucket", held: { method: "BucketService/Create" }, code: "NotFound" },
];
const variants = removable.flatMap((row) =>
  row.dependency.startsWith("Kms")
    ? [{ ...row, key: "new" }]
    : ["new", "none"].map((key) => ({ ...row, key })),
);

test.each(variants)(
  "a trail that does not wait for its $dependency (key: $key) is refused by the cloud with $code",
  async ({ dependency, held, code, key }) => {
    await using local = await LocalStack.start();
    local.emulator.cloud.faults.hold(held, untilTrail);
    const { output, failed } = await local.failingUp(
      { encryption: { key }, rolePropagationTimeoutSeconds: 0 },
      { program: programOf("order"), environment: { WITHOUT: dependency } },
    );
    expect(failed).toEqual(["AuditTrailsTrail"]);
    expect(output).toContain(`Create of the trail "audit-trails-organization" failed (${code}).`);
    expect(local.emulator.cloud.trails.all()).toEqual([]);

    // Nothing is lost: the program as it should be goes on from there.
    local.emulator.cloud.faults.clear();
    await local.up({ encryption: { key } });
    expect(local.emulator.cloud.trails.all()).toMatchObject([{ status: "ACTIVE" }]);
  },
);

test.each(["new", "none"])(
  "with every dependency in place (key: %s) the trail waits for calls that are slow to come",
  async (key) => {
    await using local = await LocalStack.start();
    for (const { held } of removable) local.emulator.cloud.faults.hold(held, { ...untilTrail, bound: 1_000 });
    const { trail } = await local.up({ encryption: { key } });
    expect(trail.trailStatus).toBe("ACTIVE");
    expect(await local.resourceTypes()).toEqual(
      sevenResources.filter((type) => key === "new" || !type.startsWith("Kms")),
    );
  },
);

const parts = { program: programOf("parts") };

test("parts used one by one: a trail that depends on bucket and account waits for calls that are slow to come", async () => {
  await using local = await LocalStack.start();
  for (const { held } of removable) local.emulator.cloud.faults.hold(held, { ...untilTrail, bound: 1_000 });
  const { outputs } = await local.up({}, parts);
  expect(outputs.trailStatus).toBe("ACTIVE");
  expect(await local.resourceTypes()).toEqual(sevenResources);
});

test.each(
  removable.map(({ dependency, held, code }) => ({
    dependency,
    held,
    code,
    part: dependency === "StorageBucket" ? "bucket" : "account",
  })),
)(
  "parts used one by one: a trail that does not depend on the $part is refused where $dependency is slow",
  async ({ part, held, code }) => {
    await using local = await LocalStack.start();
    local.emulator.cloud.faults.hold(held, untilTrail);
    const { output, failed } = await local.failingUp({}, { ...parts, environment: { WITHOUT: part } });
    expect(failed).toEqual(["AuditTrailsTrail"]);
    expect(output).toContain(`Create of the trail "trail" failed (${code}).`);
    expect(local.emulator.cloud.trails.all()).toEqual([]);
  },
);
