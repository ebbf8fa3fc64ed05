import {
  GetObjectCommand,
  PutBucketAclCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { type Emulator, startEmulator } from "../../emulator";
import type { AuditEvent } from "../../emulator/backend/auditTrails/auditLog";
import { Api, bucketRequest, s3, setUpTrail, trailRequest } from "../support/api";
import { createAccessKey, presigned, s3Client } from "../support/s3Client";

const folderScope = ({ cloud }: Emulator) => ({ id: cloud.folderId, type: "resource-manager.folder" });
const event = (name: string) => `yandex.cloud.audit.${name}`;

/** A second trail, which takes data events only, into a bucket of its own. */
async function setUpDataTrail(
  emulator: Emulator,
  api: Api,
  filters: readonly object[],
  bucket = "data-logs",
) {
  const { accountId } = await setUpTrail(emulator, api);
  if (bucket !== "audit-logs")
    await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, bucket));
  const request = trailRequest(emulator, bucket, accountId);
  await api.call("trails", "create", {
    ...request,
    name: "data",
    filteringPolicy: { dataEventsFilters: filters },
  });
  return emulator.cloud.trails.all().find(({ name }) => name === "data")?.id ?? "";
}

/** Returns the delivered events of a trail, oldest first. */
function delivered({ cloud }: Emulator, bucket: string, trailId: string): AuditEvent[] {
  const keys = cloud.objects.keys(bucket, trailId);
  return keys.flatMap((key) => JSON.parse(cloud.objects.get(cloud.deployer, bucket, key).body.toString()));
}
const typesOf = (events: readonly AuditEvent[]) =>
  events.map(({ event_type }) => event_type.replace("yandex.cloud.audit.", ""));

/** https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
test("uploads, changes, tags and deletions of objects are data events of Object Storage", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const filter = { service: "storage", resourceScopes: [{ id: "app-data", type: "storage.bucket" }] };
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "app-data"));
  const trailId = await setUpDataTrail(emulator, api, [filter]);
  const client = await s3Client(emulator);
  const object = { Bucket: "app-data", Key: "report.pdf" };
  await client.send(new PutObjectCommand({ ...object, Body: "one" }));
  await client.send(new PutObjectCommand({ ...object, Body: "two" }));
  await client.send(new GetObjectCommand(object));
  await client.send(
    new PutObjectTaggingCommand({ ...object, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
  );
  await s3(emulator, "DELETE", "/app-data/report.pdf");
  emulator.cloud.clock.advance({ minutes: 5 });
  const events = delivered(emulator, "data-logs", trailId);
  expect(typesOf(events)).toEqual([
    "storage.ObjectCreate",
    "storage.ObjectUpdate",
    "storage.ObjectTagsUpdate",
    "storage.ObjectDelete",
  ]);
  expect(events[0]).toMatchObject({
    event_source: "storage",
    event_status: "DONE",
    authentication: { subject_type: "SERVICE_ACCOUNT", subject_name: "s3-user" },
    request_metadata: { remote_address: "127.0.0.1", user_agent: expect.stringContaining("aws-sdk") },
    details: { bucket_id: "app-data", object_id: "report.pdf" },
  });
  expect(events[0]?.resource_metadata.path.at(-1)).toMatchObject({ resource_id: "app-data" });
});

/** https://yandex.cloud/en/docs/audit-trails/api-ref/Trail/create */
test.each([
  ["included", { includedEvents: { eventTypes: [event("kms.Encrypt")] } }, ["kms.Encrypt"]],
  [
    "excluded",
    { excludedEvents: { eventTypes: [event("kms.Encrypt")] } },
    ["kms.Decrypt", "kms.GenerateDataKey", "kms.ReEncrypt"],
  ],
  ["no", {}, ["kms.Encrypt", "kms.Decrypt", "kms.GenerateDataKey", "kms.ReEncrypt"]],
])("a filter with %s events delivers the right events", async (_, lists, expected) => {
  // The log bucket's own use of its key would be among them.
  await using emulator = await startEmulator({ switches: { keyUseByStorage: "not-recorded" } });
  using api = new Api(emulator);
  const filter = { service: "kms", resourceScopes: [folderScope(emulator)], ...lists };
  const trailId = await setUpDataTrail(emulator, api, [filter]);
  const keyId = await api.createKey("app-key");
  const use = { keyId, versionId: "", aadContext: Buffer.alloc(0) };
  const { ciphertext } = await api.call("crypto", "encrypt", { ...use, plaintext: Buffer.from("x") });
  await api.call("crypto", "decrypt", { ...use, ciphertext });
  await api.call("crypto", "generateDataKey", { ...use, dataKeySpec: 1, skipPlaintext: true });
  const source = { sourceKeyId: keyId, sourceAadContext: Buffer.alloc(0) };
  await api.call("crypto", "reEncrypt", { ...use, ...source, ciphertext });
  emulator.cloud.clock.advance({ minutes: 5 });
  expect(typesOf(delivered(emulator, "data-logs", trailId))).toEqual(expected);
});

test("a refused use is recorded as well, and says so", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const filter = { service: "kms", resourceScopes: [folderScope(emulator)] };
  const trailId = await setUpDataTrail(emulator, api, [filter]);
  const keyId = await api.createKey("app-key");
  const id = await api.createServiceAccount("stranger");
  using stranger = new Api(emulator, emulator.issueToken({ type: "serviceAccount", id }));
  const request = { keyId, versionId: "", aadContext: Buffer.alloc(0), plaintext: Buffer.from("x") };
  expect(await stranger.codeOf("crypto", "encrypt", request)).toBe("PERMISSION_DENIED");
  emulator.cloud.clock.advance({ minutes: 5 });
  const [refused] = delivered(emulator, "data-logs", trailId);
  expect(refused).toMatchObject({
    event_status: "ERROR",
    error: { code: 7 },
    authorization: { authorized: false },
  });
});

test("events of other resources, and of services without a filter, are not kept", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const filter = { service: "storage", resourceScopes: [{ id: "other", type: "storage.bucket" }] };
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "other"));
  await setUpDataTrail(emulator, api, [filter]);
  const before = emulator.cloud.auditLog.lastSequence;
  await s3(emulator, "PUT", "/audit-logs/x", { body: "x" });
  expect(emulator.cloud.auditLog.lastSequence).toBe(before);
  await s3(emulator, "PUT", "/other/x", { body: "x" });
  expect(emulator.cloud.auditLog.lastSequence).toBe(before + 1);
});

/** The vendor warns of it: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
test("a trail that logs its own bucket never stops causing events", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const filter = {
    service: "storage",
    resourceScopes: [{ id: "data-logs", type: "storage.bucket" }],
  };
  const trailId = await setUpDataTrail(emulator, api, [filter]);
  await s3(emulator, "PUT", "/data-logs/spark", { body: "x" });
  const counts = [1, 2, 3].map(() => {
    emulator.cloud.clock.advance({ minutes: 5 });
    return emulator.cloud.objects.keys("data-logs", trailId).length;
  });
  expect(counts).toEqual([1, 2, 3]);
  const [, second] = delivered(emulator, "data-logs", trailId);
  expect(second).toMatchObject({
    authentication: { subject_type: "SERVICE_ACCOUNT", subject_name: "account" },
    request_metadata: { remote_address: "cloud.yandex", user_agent: "Yandex Cloud" },
  });
});

test.each([
  ["recorded", ["kms.Encrypt", "kms.Decrypt"]],
  ["not-recorded", []],
] as const)(
  "the use of a key by an encrypted bucket is %s if the switch says so",
  async (position, expected) => {
    await using emulator = await startEmulator({ switches: { keyUseByStorage: position } });
    using api = new Api(emulator);
    const filter = { service: "kms", resourceScopes: [folderScope(emulator)] };
    await setUpDataTrail(emulator, api, [filter]);
    const before = emulator.cloud.auditLog.lastSequence;
    await s3(emulator, "PUT", "/audit-logs/x", { body: "x" });
    await s3(emulator, "GET", "/audit-logs/x");
    const events = emulator.cloud.auditLog.after(before).map((row) => row.event);
    expect(typesOf(events)).toEqual(expected);
  },
);

/** https://yandex.cloud/en/docs/audit-trails/security/#roles-list */
test("a trail needs its viewer role on the scopes of data events too", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { accountId } = await setUpTrail(emulator, api);
  const { cloud } = emulator;
  await api.bind("organizations", cloud.organizationId, "audit-trails.viewer", accountId, 2);
  const filteringPolicy = {
    dataEventsFilters: [{ service: "kms", resourceScopes: [folderScope(emulator)] }],
  };
  const request = { ...trailRequest(emulator, "audit-logs", accountId), name: "data", filteringPolicy };
  expect(await api.codeOf("trails", "create", request)).toBe("PERMISSION_DENIED");
  await api.bind("folders", cloud.folderId, "audit-trails.viewer", accountId);
  expect(await api.codeOf("trails", "create", request)).toBe("OK");
});

/** https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/create: the deprecated filter */
test("a trail with a filter of the old kind delivers what it says", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { accountId } = await setUpTrail(emulator, api);
  const root = { anyFilter: { resource: folderScope(emulator) } };
  const request = {
    ...trailRequest(emulator, "audit-logs", accountId),
    name: "old",
    filteringPolicy: undefined,
  };
  await api.call("trails", "create", { ...request, filter: { pathFilter: { root } } });
  const trailId = emulator.cloud.trails.all().find(({ name }) => name === "old")?.id ?? "";
  await api.createKey("later");
  emulator.cloud.clock.advance({ minutes: 5 });
  const types = typesOf(delivered(emulator, "audit-logs", trailId));
  expect(types.at(-1)).toBe("kms.CreateSymmetricKey");
  expect(types).not.toContain("organizationmanager.UpdateOrganizationAccessBindings");
});

test("calls without credentials are recorded as not authenticated", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const filter = { service: "storage", resourceScopes: [{ id: "open", type: "storage.bucket" }] };
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "open"));
  const client = await s3Client(emulator);
  await client.send(new PutBucketAclCommand({ Bucket: "open", ACL: "public-read-write" }));
  const trailId = await setUpDataTrail(emulator, api, [filter]);
  await fetch(`${emulator.storageProxy}/open/note`, { method: "PUT", body: "x" });
  emulator.cloud.clock.advance({ minutes: 5 });
  const [created] = delivered(emulator, "data-logs", trailId);
  expect(created?.authentication).toEqual({ authenticated: false });
});

/** https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
test("tokens that are made and revoked are data events of IAM; wrong credentials are no event", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const scope = { id: cloud.organizationId, type: "organization-manager.organization" };
  const trailId = await setUpDataTrail(emulator, api, [{ service: "iam", resourceScopes: [scope] }]);
  const serviceAccountId = await api.createServiceAccount("robot");
  const { iamToken } = await api.call("iamTokens", "createForServiceAccount", { serviceAccountId });
  await api.call("iamTokens", "revoke", { iamToken });
  const yandexPassportOauthToken = cloud.tokens.issueOauth(cloud.deployer);
  await api.call("iamTokens", "create", { yandexPassportOauthToken });
  await api.codeOf("iamTokens", "create", { yandexPassportOauthToken: "wrong" });
  cloud.clock.advance({ minutes: 5 });
  const events = delivered(emulator, "data-logs", trailId);
  const masked = expect.stringMatching(/^t1\.\w{6}\*{4}$/);
  expect(events.map(({ event_type, details }) => ({ event_type, details }))).toEqual([
    { event_type: event("iam.CreateIamToken"), details: { subject_id: serviceAccountId } },
    {
      event_type: event("iam.RevokeIamToken"),
      details: { subject_id: serviceAccountId, masked_iam_token: masked },
    },
    { event_type: event("iam.CreateIamToken"), details: { subject_id: cloud.deployer.id } },
  ]);
});

test("reading by an address that was signed beforehand is an event of its own", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const filter = { service: "storage", resourceScopes: [{ id: "app-data", type: "storage.bucket" }] };
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, "app-data"));
  const trailId = await setUpDataTrail(emulator, api, [filter]);
  await s3(emulator, "PUT", "/app-data/x", { body: "x" });
  const url = await presigned(emulator, await createAccessKey(emulator), "/app-data/x");
  expect(await (await fetch(url)).text()).toBe("x");
  emulator.cloud.clock.advance({ minutes: 5 });
  const types = typesOf(delivered(emulator, "data-logs", trailId));
  expect(types).toEqual(["storage.ObjectCreate", "storage.ObjectGetByPresignURL"]);
});
