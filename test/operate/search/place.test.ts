import { placesOf } from "../../../operate/search/place";
import { byDeployer } from "../../support/localStack";
import { Stack } from "../verify/stack";

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start();
});
beforeEach(() => {
  const { emulator } = stack;
  Object.assign(process.env, {
    ...{ YC_TOKEN: emulator.issueToken(), YC_ENDPOINT: emulator.endpoint },
    ...{ YC_STORAGE_ENDPOINT_URL: emulator.storageProxy, SSL_CERT_FILE: emulator.caFile },
  });
});
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  for (const name of ["YC_TOKEN", "YC_ENDPOINT", "YC_STORAGE_ENDPOINT_URL"]) delete process.env[name];
});

async function ofBucket(place: object = {}, isOffline = false) {
  const [found, ...others] = await placesOf({
    place: { bucket: "audit-logs", trail: stack.trailId, ...place },
    isOffline,
  });
  if (!found || others.length > 0) throw new Error("there is one place");
  return found;
}

test("prefix, account and collected events come from the trail, and the expiry comes from the bucket", async () => {
  const { cloud, trailId, accountId } = stack;
  const destination = { objectStorage: { bucketId: "audit-logs", objectPrefix: "logs" } };
  cloud.trails.update(byDeployer(stack.emulator), { trailId, destination }, undefined);
  stack.set({
    lifecycleRules: [
      { id: "all", enabled: true, expiration: { days: 400 } },
      { id: "logs", enabled: true, filter: { prefix: "logs/" }, expiration: { days: 365 } },
      { id: "others", enabled: true, filter: { prefix: "others/" }, expiration: { days: 5 } },
      { id: "off", enabled: false, expiration: { days: 6 } },
      { id: "large", enabled: true, filter: { objectSizeGreaterThan: 1 }, expiration: { days: 7 } },
    ],
  } as never);
  const { source, logging, collection, notes } = await ofBucket();
  expect(source).toMatchObject({ bucket: "audit-logs", trailId, objectPrefix: "logs", expiryDays: 365 });
  expect(logging.own).toEqual([trailId, "audit-logs", accountId]);
  expect(collection).toMatchObject([{ kind: "management" }]);
  expect(notes).toEqual([]);
});

test("a bucket or prefix other than the trail's present one is searched and reported", async () => {
  const other = await ofBucket({ bucket: "older-logs" });
  expect(other.source).toMatchObject({ bucket: "older-logs", objectPrefix: "logs" });
  expect(other.notes).toEqual([
    `Trail ${stack.trailId} now delivers to bucket audit-logs. Only older-logs is searched.`,
  ]);
  const older = await ofBucket({ prefix: "older" });
  expect(older.source.objectPrefix).toBe("older");
  expect(older.notes).toEqual([`Trail ${stack.trailId} now delivers under the prefix "logs".`]);
});

test("the collected events of a deleted trail are unknown", async () => {
  const { source, collection } = await ofBucket({ trail: "cnpgone" });
  expect(source).toMatchObject({ trailId: "cnpgone", objectPrefix: undefined });
  expect(collection).toEqual({ unknown: expect.stringMatching(/^Reading the trail failed: NOT_FOUND/) });
});

test("offline there are no calls to the cloud", async () => {
  process.env.YC_ENDPOINT = "127.0.0.1:1";
  const { source, cloud, collection } = await ofBucket({ prefix: "logs" }, true);
  expect(source).toEqual({
    ...{ storageEndpoint: stack.emulator.storageProxy, bucket: "audit-logs", trailId: stack.trailId },
    objectPrefix: "logs",
  });
  expect(cloud).toBeUndefined();
  expect(collection).toEqual({ unknown: "The trail is not read with --offline." });
});
