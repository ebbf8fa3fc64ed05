import { status } from "@grpc/grpc-js";
import { CreateSymmetricKeyMetadata } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import { startEmulator } from "../../emulator";
import { Api, bucketRequest, keyRequest, s3 } from "../support/api";

const keysOf = (emulator: Awaited<ReturnType<typeof startEmulator>>) =>
  emulator.cloud.tree.all().filter(({ type }) => type === "kms.symmetricKey");

test("fail: the n-th call of a method, so many times, and no other", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  cloud.faults.fail({ method: "BucketService/Get" }, "UNAVAILABLE", { after: 1, times: 2 });
  await api.call("buckets", "create", bucketRequest(cloud.folderId, "logs"));
  const codes = [];
  for (let i = 0; i < 4; i += 1) codes.push(await api.codeOf("buckets", "get", { name: "logs", view: 0 }));
  expect(codes).toEqual(["OK", "UNAVAILABLE", "UNAVAILABLE", "OK"]);
});

test.each([
  ["UNAVAILABLE", 503, "SlowDown"],
  ["PERMISSION_DENIED", 403, "AccessDenied"],
] as const)("fail: Object Storage answers %s with %d", async (code, httpStatus, text) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  emulator.cloud.faults.fail({ method: "s3/GET" }, code);
  const response = await s3(emulator, "GET", "/logs?versioning=");
  expect([response.status, await response.text()]).toEqual([httpStatus, expect.stringContaining(text)]);
  expect((await s3(emulator, "GET", "/logs?versioning=")).status).toBe(200);
});

test("delay: a call takes at least as long as it is delayed", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  emulator.cloud.faults.delay({ method: "SymmetricKeyService/Create" }, 50);
  const started = performance.now();
  await api.call("keys", "create", keyRequest(emulator.cloud.folderId, "key"));
  expect(performance.now() - started).toBeGreaterThanOrEqual(49);
});

test("hang: a call has no answer until the faults are cleared, and its work is not done", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { faults, folderId } = emulator.cloud;
  faults.hang({ method: "SymmetricKeyService/Create" });
  const hanging = api.codeOf("keys", "create", keyRequest(folderId, "key"));
  // Another call comes through, while the first one waits.
  expect(await api.codeOf("folders", "get", { folderId })).toBe("OK");
  const first = await Promise.race([hanging, Promise.resolve("still waiting")]);
  expect(first).toBe("still waiting");
  faults.clear();
  expect(await hanging).toBe("UNAVAILABLE");
  expect(keysOf(emulator)).toEqual([]);
});

test("drop: the work is done and the answer lost; a repeat with the Idempotency-Key finds the same operation", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { faults, folderId } = emulator.cloud;
  faults.drop({ method: "SymmetricKeyService/Create" });
  const headers = { "idempotency-key": "7a7a1f0e-0000-4000-8000-000000000000" };
  const create = () => api.call("keys", "create", keyRequest(folderId, "key"), headers);
  await expect(create()).rejects.toMatchObject({ code: status.UNAVAILABLE });
  expect(keysOf(emulator)).toHaveLength(1);
  const operation = await create();
  const { keyId } = CreateSymmetricKeyMetadata.decode(operation.metadata.value);
  expect(keysOf(emulator).map(({ id }) => id)).toEqual([keyId]);
});

test("drop: Object Storage cuts the connection after the work", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "logs"));
  emulator.cloud.faults.drop({ method: "s3/PUT" });
  await expect(s3(emulator, "PUT", "/logs/a", { body: "x" })).rejects.toThrow();
  expect(await (await s3(emulator, "GET", "/logs/a")).text()).toBe("x");
});

test("failLate: the first reply is pending, and the operation then fails with metadata of its type and leaves nothing", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  cloud.faults.failLate({ method: "SymmetricKeyService/Create" }, "RESOURCE_EXHAUSTED", {
    message: "no more",
  });
  const started = await api.call("keys", "create", keyRequest(cloud.folderId, "key"));
  expect(started).toMatchObject({ done: false });
  expect(started.error).toBeUndefined();
  const failed = await api.call("operations", "get", { operationId: started.id });
  expect(failed).toMatchObject({
    done: true,
    error: { code: status.RESOURCE_EXHAUSTED, message: "no more" },
    metadata: { typeUrl: "type.googleapis.com/yandex.cloud.kms.v1.CreateSymmetricKeyMetadata" },
  });
  expect(keysOf(emulator)).toEqual([]);
  const [event] = cloud.auditLog.after(0).map((row) => row.event);
  expect(event).toMatchObject({
    event_type: "yandex.cloud.audit.kms.CreateSymmetricKey",
    event_status: "ERROR",
  });
  await api.createKey("key");
  expect(keysOf(emulator)).toHaveLength(1);
});

test("operations can take their time: pending until then, done with the response after", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  cloud.operations.duration = { minutes: 1 };
  const { id: operationId } = await api.call("keys", "create", keyRequest(cloud.folderId, "key"));
  const pending = await api.call("operations", "get", { operationId });
  expect([pending.done, pending.response]).toEqual([false, undefined]);
  cloud.clock.advance({ minutes: 1 });
  expect(await api.call("operations", "get", { operationId })).toMatchObject({ done: true });
  const bucket = await api.call("buckets", "create", bucketRequest(cloud.folderId, "logs"));
  expect(bucket.done).toBe(true);
});

test("an operation is shown only to its caller and to users who may read its resource", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const { id: operationId } = await api.call("keys", "create", keyRequest(cloud.folderId, "key"));
  const stranger = { type: "userAccount", id: "stranger" };
  using other = new Api(emulator, emulator.issueToken(stranger));
  expect(await other.codeOf("operations", "get", { operationId })).toBe("NOT_FOUND");
  cloud.access.add(cloud.folderId, { roleId: "kms.viewer", subject: stranger });
  expect(await other.codeOf("operations", "get", { operationId })).toBe("OK");
});

test("counters of expired operations are deleted", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  for (let i = 0; i < 20; i += 1) await api.createKey(`key-${i}`);
  const numbers = () =>
    Object.keys(cloud.store.export().tables.occurrences ?? {}).filter((row) => row.includes("/operation/"));
  expect(numbers()).toHaveLength(20);
  cloud.clock.advance({ hours: 73 });
  expect(numbers()).toEqual([]);
});
