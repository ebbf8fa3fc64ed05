import { bucketName } from "../support/localStack";
import { configurations, standing } from "../support/standingStacks";

test("without protection, another bucket and another name of the trail are created before the old trail is deleted, and the old bucket keeps its logs", async () => {
  await using local = await standing("unprotected");
  const { cloud } = local.emulator;
  cloud.clock.advance({ minutes: 5 });
  const logs = cloud.objects.list(cloud.deployer, bucketName);
  expect(logs).not.toEqual([]);
  const [old] = cloud.trails.all();
  const elsewhere = { ...configurations.unprotected, bucketName: "another-bucket" };
  const { output } = await local.failingUp(elsewhere);
  expect(output).toContain("Names of trails are unique in a folder: choose another `name`");
  expect(output).not.toContain("pulumi import");
  expect(cloud.trails.all()).toEqual([old]);

  const before = cloud.auditLog.lastSequence;
  await local.up({ ...elsewhere, trails: { organization: { name: "another-trail" } } });
  const events = cloud.auditLog.after(before).map(({ event }) => event.event_type.split(".").at(-1) ?? "");
  expect(events.filter((event) => /Trail$/.test(event))).toEqual(["CreateTrail", "DeleteTrail"]);
  expect(cloud.objects.list(cloud.deployer, bucketName)).toEqual(logs);
  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.list(cloud.deployer, "another-bucket")).toHaveLength(1);
});

test("the documented way: a second trail overlaps, then the first one is deleted, and its bucket with every log stays", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  const both = { trails: { organization: {}, second: { bucketName: "second-bucket" } } };
  await local.up(both);
  cloud.clock.advance({ minutes: 5 });
  const before = {
    first: cloud.objects.keys(bucketName, ""),
    second: cloud.objects.keys("second-bucket", ""),
  };
  for (const keys of Object.values(before)) expect(keys).not.toEqual([]);

  const second = { trails: { second: { bucketName: "second-bucket" } } };
  const { output } = await local.failingUp(second);
  for (const reported of [
    '"audit-trails-organization" is not in the program any more',
    "set `protected: false`",
  ])
    expect(output).toContain(reported);
  await local.up({ ...both, protected: false });
  await local.up({ ...second, protected: false });
  await local.expectSettled(second);
  expect(cloud.trails.all().map(({ name }) => name)).toEqual(["audit-trails-second"]);
  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.keys(bucketName, "")).toEqual(expect.arrayContaining(before.first));
  expect(cloud.objects.keys("second-bucket", "").length).toBeGreaterThan(before.second.length);
});
