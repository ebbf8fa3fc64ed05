import { type CloudApi, openCloud } from "../../api/connection";
import { emptyBucket } from "../../api/emptyBucket";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import { CloudError } from "../../emulator/backend/errors";
import type { BucketSettings } from "../../emulator/backend/storage/bucket";
import { Api, bucketRequest } from "../support/api";
import { connectionTo } from "../support/connection";
import { byDeployer } from "../support/localStack";

/** Pages are shorter than the service's, so that a few objects fill several of them. */
const pageSize = 20;
const inputs = { MaxKeys: pageSize, MaxUploads: pageSize };
jest.mock("../../api/objectStorage", () => {
  const actual: typeof import("../../api/objectStorage") = jest.requireActual("../../api/objectStorage");
  return {
    objectStorage: async (cloud: CloudApi) => {
      const client = await actual.objectStorage(cloud);
      const step = "initialize";
      client.middlewareStack.add((next) => (args) => next({ input: { ...inputs, ...args.input } }), { step });
      return client;
    },
  };
});

const bucket = "logs";
const locking: BucketSettings = { objectLock: { status: "OBJECT_LOCK_STATUS_ENABLED" } };

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
  delete process.env.HTTP_PROXY;
});

/** A local cloud with a bucket, and what a test does there. */
async function start(settings: BucketSettings = {}, options: EmulatorOptions = {}) {
  const emulator = await startEmulator(options);
  process.env.SSL_CERT_FILE = emulator.caFile;
  process.env.HTTP_PROXY = emulator.storageProxy;
  const { cloud } = emulator;
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(cloud.folderId, bucket));
  if (Object.keys(settings).length > 0) cloud.buckets.update(byDeployer(emulator), bucket, settings);
  return {
    emulator,
    put: (key: string) => cloud.objects.put(cloud.deployer, bucket, key, Buffer.from("log"), "text/plain"),
    lock: (key: string) => {
      const until = new Date(Date.now() + 86_400_000).toISOString();
      cloud.objectSettings.setRetention(cloud.deployer, { bucket, key }, { mode: "GOVERNANCE", until });
      return new Date(until);
    },
    versions: () => cloud.objects.listVersions(cloud.deployer, bucket).length,
    requests: (method: string) => cloud.traffic.counts.get(`s3/${method}`) ?? 0,
    [Symbol.asyncDispose]: () => emulator.close(),
  };
}

const empty = async ({ emulator }: { emulator: Emulator }) =>
  emptyBucket(bucket, await openCloud(connectionTo(emulator)));

const numbered = (count: number) => Array.from({ length: count }, (_, i) => String(i).padStart(5, "0"));

test("more versions than a page holds are deleted in batches, versions of one key and delete markers too", async () => {
  await using world = await start({ versioning: "VERSIONING_ENABLED" });
  const { cloud } = world.emulator;
  for (const key of numbered(10)) world.put(key);
  // The end of a page falls among these.
  for (const _ of numbered(12)) world.put("overwritten");
  world.put("z");
  cloud.objectDeletions.delete(cloud.deployer, bucket, "z");
  expect(await empty(world)).toEqual({ versions: 23, bytes: 69, locked: 0 });
  expect(world.versions()).toBe(0);
  expect(world.requests("POST")).toBe(2);
  expect(world.requests("DELETE")).toBe(0);
});

test("a page of the service's own size is deleted in one batch", async () => {
  await using world = await start();
  delete (inputs as Partial<typeof inputs>).MaxKeys;
  for (const key of numbered(1001)) world.put(key);
  expect(await empty(world).finally(() => Object.assign(inputs, { MaxKeys: pageSize }))).toMatchObject({
    versions: 1001,
  });
  expect(world.versions()).toBe(0);
  expect(world.requests("POST")).toBe(2);
});

test("more unfinished uploads than a page holds are aborted", async () => {
  await using world = await start();
  const { cloud } = world.emulator;
  for (const key of numbered(pageSize + 5))
    cloud.uploads.begin(cloud.deployer, bucket, key, "text/plain", {});
  await empty(world);
  expect(cloud.uploads.list(cloud.deployer, bucket)).toEqual([]);
});

test("more unfinished uploads of one key than a page holds are aborted", async () => {
  await using world = await start();
  const { cloud } = world.emulator;
  for (const _ of numbered(pageSize + 5))
    cloud.uploads.begin(cloud.deployer, bucket, "key", "text/plain", {});
  await empty(world);
  expect(cloud.uploads.list(cloud.deployer, bucket)).toEqual([]);
});

test("a lock on the last page keeps all pages, and uploads", async () => {
  await using world = await start({ versioning: "VERSIONING_ENABLED", ...locking });
  const { cloud } = world.emulator;
  for (const key of numbered(pageSize + 1)) world.put(key);
  cloud.uploads.begin(cloud.deployer, bucket, "unfinished", "text/plain", {});
  const until = world.lock("00020");
  expect(await empty(world)).toEqual({
    versions: 21,
    bytes: 63,
    locked: 1,
    firstLocked: { key: "00020", until },
  });
  expect(world.versions()).toBe(21);
  expect(cloud.uploads.list(cloud.deployer, bucket)).toHaveLength(1);
});

test("a lock counts also when object lock is switched off, and versioning suspended", async () => {
  await using world = await start({ versioning: "VERSIONING_ENABLED", ...locking });
  world.put("locked");
  world.lock("locked");
  const settings: BucketSettings[] = [
    { objectLock: { status: "OBJECT_LOCK_STATUS_DISABLED" } },
    { versioning: "VERSIONING_SUSPENDED" },
  ];
  for (const setting of settings) {
    world.emulator.cloud.buckets.update(byDeployer(world.emulator), bucket, setting);
    expect(await empty(world)).toMatchObject({ locked: 1 });
    expect(world.versions()).toBe(1);
  }
});

test("in a bucket that never had versioning, no object is checked for locks", async () => {
  await using world = await start();
  for (const key of numbered(20)) world.put(key);
  expect(await empty(world)).toMatchObject({ versions: 20 });
  expect(world.requests("HEAD")).toBe(0);
  expect(world.versions()).toBe(0);
});

test.each([
  { what: "read of a version", method: "HEAD", after: 3 },
  // After the bucket's versioning and the first page.
  { what: "read of the second page", method: "GET", after: 2 },
])("if a $what fails, nothing is deleted", async ({ method, after }) => {
  await using world = await start({ versioning: "VERSIONING_ENABLED" });
  for (const key of numbered(pageSize + 1)) world.put(key);
  world.emulator.cloud.faults.fail({ method: `s3/${method}` }, "PERMISSION_DENIED", { after, times: 9999 });
  await expect(empty(world)).rejects.toThrow();
  expect(world.requests("GET")).toBe(3);
  expect(world.versions()).toBe(21);
});

test("a version whose deletion is refused is named, and no later page is touched", async () => {
  await using world = await start({ versioning: "VERSIONING_ENABLED" });
  const { objectDeletions } = world.emulator.cloud;
  for (const key of numbered(pageSize + 5)) world.put(key);
  const reallyDelete = objectDeletions.delete.bind(objectDeletions);
  jest.spyOn(objectDeletions, "delete").mockImplementation((by, name, key, versionId) => {
    if (key === "00007") throw new CloudError("PERMISSION_DENIED", "not this one");
    return reallyDelete(by, name, key, versionId);
  });
  await expect(empty(world)).rejects.toThrow(
    /^AccessDenied for version \S+ of 00007 in bucket logs, and for 0 others: not this one$/,
  );
  expect(world.versions()).toBe(6);
});
