import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Session } from "@yandex-cloud/nodejs-sdk";
import { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import {
  CreateSymmetricKeyMetadata,
  SymmetricKeyServiceClient,
} from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import { startEmulator } from "../../emulator";
import { Api, bucketRequest, keyRequest, setUpTrail } from "../support/api";

test("an operation is pending at first and done when asked for, with metadata and response of the exact types", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const started = await api.call("keys", "create", keyRequest(emulator.cloud.folderId, "key"));
  expect(started).toMatchObject({ done: false });
  expect(started.response).toBeUndefined();
  expect(started.metadata.typeUrl).toBe("type.googleapis.com/yandex.cloud.kms.v1.CreateSymmetricKeyMetadata");

  const finished = await api.call("operations", "get", { operationId: started.id });
  expect(finished.done).toBe(true);
  expect(finished.response.typeUrl).toBe("type.googleapis.com/yandex.cloud.kms.v1.SymmetricKey");
  const { keyId } = CreateSymmetricKeyMetadata.decode(finished.metadata.value);
  expect(SymmetricKey.decode(finished.response.value)).toMatchObject({ id: keyId, name: "key" });
});

test("the bucket service answers done at once: the provider reads the bucket out of the first reply", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const created = await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "bucket"));
  expect(created).toMatchObject({
    done: true,
    response: { typeUrl: "type.googleapis.com/yandex.cloud.storage.v1.Bucket" },
  });
});

test("a repeat with the same Idempotency-Key is the same operation, also after a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-test-"));
  const stateFile = join(folder, "cloud.jsonl");
  const headers = { "idempotency-key": "7a7a1f0e-0000-4000-8000-000000000000" };
  const create = async () => {
    await using emulator = await startEmulator({ stateFile });
    using api = new Api(emulator);
    const request = keyRequest(emulator.cloud.folderId, "key");
    const ids = [
      await api.call("keys", "create", request, headers),
      await api.call("keys", "create", request, headers),
    ];
    const keys = emulator.cloud.tree.all().filter(({ type }) => type === "kms.symmetricKey");
    return { ids: ids.map(({ id }) => id), keys: keys.length };
  };
  const first = await create();
  const second = await create();
  expect(new Set([...first.ids, ...second.ids]).size).toBe(1);
  expect([first.keys, second.keys]).toEqual([1, 1]);
  rmSync(folder, { recursive: true });
});

test("the same Idempotency-Key on another method is another operation", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const headers = { "idempotency-key": "7a7a1f0e-0000-4000-8000-000000000000" };
  const keyId = await api.createKey("key");
  await api.call("keys", "create", keyRequest(emulator.cloud.folderId, "other"), headers);
  const deleted = await api.call("keys", "delete", { keyId }, headers);
  expect(deleted.description).toBe("Delete symmetric key");
});

test("an operation can be read for 72 hours, and is then deleted", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await api.createKey("key");
  const rows = () => Object.keys(emulator.cloud.store.export().tables.operations ?? {}).length;
  emulator.cloud.clock.advance({ hours: 71 });
  expect(rows()).toBe(1);
  emulator.cloud.clock.advance({ hours: 2 });
  expect(rows()).toBe(0);
});

test("a masked update changes the masked fields only, and resets those without a value", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const update = {
    keyId,
    name: "ignored",
    description: "new",
    labels: { a: "b" },
    defaultAlgorithm: 0,
    status: 0,
    deletionProtection: false,
  };
  await api.call("keys", "update", { ...update, updateMask: { paths: ["description", "labels"] } });
  expect(await api.call("keys", "get", { keyId })).toMatchObject({
    name: "key",
    description: "new",
    labels: { a: "b" },
  });
  await api.call("keys", "update", { ...update, labels: {}, updateMask: { paths: ["labels"] } });
  expect(await api.call("keys", "get", { keyId })).toMatchObject({ description: "new", labels: {} });
});

test("`filter` in a trail's mask leaves its filtering policy alone, as the provider needs", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { trailId } = await setUpTrail(emulator, api);
  const request = { trailId, name: "", description: "new", labels: {}, serviceAccountId: "" };
  await api.call("trails", "update", { ...request, updateMask: { paths: ["description", "filter"] } });
  const trail = await api.call("trails", "get", { trailId });
  expect(trail).toMatchObject({ name: "trail", description: "new" });
  expect(trail.filteringPolicy.managementEventsFilter.resourceScopes).toHaveLength(1);
});

test.each([
  ["keys", "create", { ...keyRequest("", ""), name: "n".repeat(101) }],
  ["serviceAccounts", "create", { name: "Not Valid", description: "", labels: {} }],
  ["folders", "create", { name: "Not Valid", description: "", labels: {} }],
] as const)("a refused call leaves only its record: %s %s", async (service, method, request) => {
  await using emulator = await startEmulator();
  const { cloud } = emulator;
  cloud.access.add(cloud.cloudId, { roleId: "resource-manager.editor", subject: cloud.deployer });
  const { auditEvents: _, ...before } = cloud.store.export().tables;
  using api = new Api(emulator);
  const { folderId, cloudId } = cloud;
  expect(await api.codeOf(service, method, { ...request, folderId, cloudId })).toBe("INVALID_ARGUMENT");
  const { auditEvents = {}, ...after } = cloud.store.export().tables;
  expect(after).toEqual(before);
  expect(Object.keys(auditEvents)).toHaveLength(1);
});

test("unsupported calls answer UNIMPLEMENTED", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const request = { bucket: "bucket", id: "inventory" };
  expect(await api.codeOf("buckets", "getInventoryConfiguration", request)).toBe("UNIMPLEMENTED");
});

test("invalid bytes get an error, and the server continues", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  await expect(fetch(`https://${emulator.endpoint}/`)).rejects.toThrow();
  await expect(fetch(`http://${emulator.endpoint}/`)).rejects.toThrow();
  expect(await api.codeOf("keys", "get", { keyId: "\0".repeat(5 << 20) })).toBe("RESOURCE_EXHAUSTED");
  expect(await api.codeOf("keys", "get", { keyId: "none" })).toBe("NOT_FOUND");
});

test("the vendor's own Node SDK works with token, certificate and endpoint", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  const session = new Session({
    iamToken: emulator.issueToken(),
    ssl: { rootCerts: readFileSync(emulator.caFile) },
  });
  const client = session.client(SymmetricKeyServiceClient, emulator.endpoint);
  expect(await client.get({ keyId })).toMatchObject({ id: keyId, name: "key" });
  await expect(client.get({ keyId: "none" })).rejects.toThrow("NOT_FOUND");
});
