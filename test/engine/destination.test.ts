import { Api, bucketRequest } from "../support/api";
import { bucketName, LocalStack } from "../support/localStack";

/** A cloud with two buckets that exist already, which no resource of the stack stands for. */
async function withTwoBuckets(): Promise<LocalStack> {
  const local = await LocalStack.start();
  using api = new Api(local.emulator);
  for (const name of [bucketName, "second-bucket"])
    await api.call("buckets", "create", bucketRequest(local.emulator.cloud.folderId, name));
  return local;
}

const existing = ({ emulator }: LocalStack, name: string, others: object = {}) => ({
  bucketName: name,
  bucketFolderId: emulator.cloud.folderId,
  encryption: { key: "none" },
  ...others,
});

test("another bucket for a trail is a replacement in the preview, which protection refuses; nothing is changed", async () => {
  await using local = await withTwoBuckets();
  await local.up(existing(local, bucketName));
  const { cloud } = local.emulator;
  const before = cloud.auditLog.lastSequence;
  const preview = (await local.open(existing(local, "second-bucket"))).preview();
  await expect(preview).rejects.toThrow(/AuditTrailsTrail audit-trails-organization.*marked for protection/s);
  await local.failingUp(existing(local, "second-bucket"));
  expect(cloud.auditLog.lastSequence).toBe(before);
});

test("another prefix is another destination too", async () => {
  await using local = await LocalStack.start();
  await local.up();
  const preview = (await local.open({ trails: { organization: { objectPrefix: "moved" } } })).preview();
  await expect(preview).rejects.toThrow("marked for protection");
});

test("unprotected it needs another name as well, so that the new trail is there before the old one goes", async () => {
  await using local = await withTwoBuckets();
  const open = { protected: false };
  await local.up(existing(local, bucketName, open));
  const { cloud } = local.emulator;
  const [old] = cloud.trails.all();
  const { output } = await local.failingUp(existing(local, "second-bucket", open));
  expect(output).toContain("Names of trails are unique in a folder: choose another `name`");
  expect(output).not.toContain("pulumi import");
  expect(cloud.trails.all()).toEqual([old]);

  const trails = { organization: { name: "second" } };
  const before = cloud.auditLog.lastSequence;
  await local.up(existing(local, "second-bucket", { ...open, trails }));
  const events = cloud.auditLog.after(before).map(({ event }) => event.event_type.split(".").at(-1));
  expect(events).toEqual(["CreateTrail", "DeleteTrail"]);
});

test("the README's way: a second trail overlaps, then the first one goes, and its bucket with every log stays", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  await local.up();
  const both = { trails: { organization: {}, second: { bucketName: "second-bucket" } } };
  await local.up(both);
  cloud.clock.advance({ minutes: 5 });
  for (const name of [bucketName, "second-bucket"])
    expect(cloud.objects.list(cloud.deployer, name)).toHaveLength(1);

  const second = { trails: { second: { bucketName: "second-bucket" } } };
  await local.failingUp(second);
  await local.up({ ...both, protected: false });
  await local.up({ ...second, protected: false });
  await local.up(second);
  expect(cloud.trails.all().map(({ name }) => name)).toEqual(["audit-trails-second"]);
  cloud.clock.advance({ minutes: 5 });
  expect(cloud.objects.list(cloud.deployer, bucketName)).toHaveLength(1);
  expect(cloud.objects.list(cloud.deployer, "second-bucket")).toHaveLength(2);
  await local.expectSettled(second);
});
