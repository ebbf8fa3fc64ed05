import { startEmulator } from "../../emulator";
import type { AuditEvent } from "../../emulator/backend/auditTrails/auditLog";
import { recorded } from "../../emulator/backend/auditTrails/memberNames";
import { Api, bucketRequest, keyRequest, s3, setUpTrail, trailRequest } from "../support/api";
import { callEveryOperation } from "../support/everyOperation";

/**
 * Returns the values at a path of a record, as `$.details.folder_id` of the vendor's queries reads it: lists on the
 * path are searched.
 */
function valuesAt(record: unknown, path: string): unknown[] {
  const members = path.split(".").slice(1);
  return members.reduce<unknown[]>(
    (found, member) =>
      found
        .flatMap((value) => (Array.isArray(value) ? value : [value]))
        .flatMap((value) => (value as Record<string, unknown> | undefined)?.[member] ?? []),
    [record],
  );
}

/** Members of details, by event: https://yandex.cloud/en/docs/audit-trails/concepts/events, the reference of each. */
const ofKey =
  "key_id key_name primary_version_id default_algorithm rotation_period key_status deletion_protection " +
  "primary_version_status primary_version_algorithm primary_version_hosted_by_hsm description labels created_at " +
  "rotated_at primary_version_created_at primary_version_destroy_at";
const ofAccount = "service_account_id service_account_name description labels";
const ofTrail =
  "trail_id trail_name destination service_account_id status path_filter event_filter filtering_policy description labels";
const ofAccessKey = "access_key_id service_account_id service_account_name key_id description created_at";
const ofAuthorizedKey = "key_id service_account_id service_account_name key_algorithm description";
const ofBucket = "bucket_id owner tags resource_id acl";
const ofChangedBucket =
  "bucket_id max_size objects_access list_access settings_read_access storage_class tags resource_id acl";
const ofCloud = "cloud_id cloud_name organization_id status description labels";
const ofFolder = "folder_id folder_name cloud_id cloud_name status description labels";
const bindings = "access_bindings access_binding_deltas";
const documented: Readonly<Record<string, string>> = {
  "audittrails.CreateTrail": ofTrail,
  "audittrails.UpdateTrail": ofTrail,
  "audittrails.DeleteTrail": ofTrail,
  "audittrails.SetTrailAccessBindings": `trail_id trail_name ${bindings}`,
  "audittrails.UpdateTrailAccessBindings": `trail_id trail_name ${bindings}`,
  "iam.CreateServiceAccount": ofAccount,
  "iam.UpdateServiceAccount": ofAccount,
  "iam.DeleteServiceAccount": ofAccount,
  "iam.SetServiceAccountAccessBindings": `service_account_id service_account_name ${bindings}`,
  "iam.UpdateServiceAccountAccessBindings": `service_account_id service_account_name ${bindings}`,
  "iam.CreateAccessKey": ofAccessKey,
  "iam.UpdateAccessKey": ofAccessKey,
  "iam.DeleteAccessKey": ofAccessKey,
  "iam.CreateKey": ofAuthorizedKey,
  "iam.UpdateKey": ofAuthorizedKey,
  "iam.DeleteKey": ofAuthorizedKey,
  "kms.CreateSymmetricKey": ofKey,
  "kms.UpdateSymmetricKey": ofKey,
  "kms.DeleteSymmetricKey": ofKey,
  "kms.RotateSymmetricKey": ofKey,
  "kms.SetPrimarySymmetricKeyVersion": ofKey,
  "kms.ScheduleSymmetricKeyVersionDestruction": `${ofKey} version_id destroy_at`,
  "kms.CancelSymmetricKeyVersionDestruction": `${ofKey} version_id destroy_at`,
  "kms.SetSymmetricKeyAccessBindings": `key_id key_name ${bindings}`,
  "kms.UpdateSymmetricKeyAccessBindings": `key_id key_name ${bindings}`,
  "organizationmanager.UpdateOrganization": "organization_id organization_name description labels",
  "organizationmanager.SetOrganizationAccessBindings": `organization_id organization_name ${bindings}`,
  "organizationmanager.UpdateOrganizationAccessBindings": `organization_id organization_name ${bindings}`,
  "resourcemanager.CreateCloud": ofCloud,
  "resourcemanager.UpdateCloud": ofCloud,
  "resourcemanager.DeleteCloud": ofCloud,
  "resourcemanager.SetCloudAccessBindings": `cloud_id cloud_name ${bindings}`,
  "resourcemanager.UpdateCloudAccessBindings": `cloud_id cloud_name ${bindings}`,
  "resourcemanager.CreateFolder": ofFolder,
  "resourcemanager.UpdateFolder": ofFolder,
  "resourcemanager.DeleteFolder": ofFolder,
  "resourcemanager.SetFolderAccessBindings": `folder_id folder_name ${bindings}`,
  "resourcemanager.UpdateFolderAccessBindings": `folder_id folder_name ${bindings}`,
  "storage.BucketCreate": ofBucket,
  "storage.BucketUpdate": ofChangedBucket,
  "storage.BucketDelete": ofBucket,
  "storage.BucketHttpsUpdate": "bucket_id tags resource_id",
  "storage.BucketAccessBindingsUpdate": "bucket_id deltas tags resource_id",
};

/** Members of a record, as https://yandex.cloud/en/docs/audit-trails/concepts/format has them. */
const ofRecord =
  "event_id event_source event_type event_time authentication authorization resource_metadata request_metadata " +
  "event_status error details request_parameters response";

/** All names of members, but those that clients choose. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    name,
    ...(["labels", "policy"].includes(name) ? [] : namesIn(member)),
  ]);
}

test("the record of every change has the documented members, and no others", async () => {
  await using emulator = await startEmulator();
  await callEveryOperation(emulator);
  const records = emulator.cloud.auditLog.after(0).map(({ event }) => event);
  const types = new Set(records.map(({ event_type }) => event_type.replace("yandex.cloud.audit.", "")));
  expect([...types].sort()).toEqual(Object.keys(documented).sort());
  for (const record of records) {
    const type = record.event_type.replace("yandex.cloud.audit.", "");
    const undocumented = (value: object, names: string) =>
      Object.keys(value).filter((name) => !names.split(" ").includes(name));
    expect([type, undocumented(record, ofRecord)]).toEqual([type, []]);
    expect([type, undocumented(record.details, documented[type] ?? "")]).toEqual([type, []]);
    expect([type, Object.keys(record.details).length]).not.toEqual([type, 0]);
    expect([type, namesIn(record).filter((name) => !/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))]).toEqual([
      type,
      [],
    ]);
    // Object Storage alone shows no answers of changes.
    expect([type, record.response !== undefined]).toEqual([type, !type.startsWith("storage.")]);
  }
  expect(JSON.stringify(records)).not.toMatch(/"secret"|private_key|PRIVATE KEY/);
});

/** The vendor's searches over what is here: https://yandex.cloud/en/docs/audit-trails/tutorials/search-events-audit-logs/examples */
const searches: readonly [title: string, type: string, equal: Readonly<Record<string, unknown>>][] = [
  ["who deleted a folder", "resourcemanager.DeleteFolder", { "$.details.folder_name": "container" }],
  [
    "primitive roles",
    "resourcemanager.UpdateFolderAccessBindings",
    {
      "$.details.access_binding_deltas.access_binding.role_id": "viewer",
      "$.details.access_binding_deltas.access_binding.subject_name": "account",
      "$.details.access_binding_deltas.access_binding.subject_type": "SERVICE_ACCOUNT",
    },
  ],
  [
    "roles on keys",
    "kms.UpdateSymmetricKeyAccessBindings",
    { "$.details.access_binding_deltas.action": "REMOVE", "$.details.key_name": "key" },
  ],
  ["keys of accounts", "iam.CreateAccessKey", { "$.details.service_account_name": "account" }],
  ["new accounts", "iam.CreateServiceAccount", { "$.details.service_account_name": "account" }],
  ["changes of trails", "audittrails.UpdateTrail", { "$.details.trail_name": "trail" }],
  ["deleted trails", "audittrails.DeleteTrail", { "$.details.trail_name": "trail" }],
  ["deleted keys", "kms.DeleteSymmetricKey", { "$.details.key_name": "key" }],
  ["where from", "kms.CreateSymmetricKey", { "$.request_metadata.remote_address": "127.0.0.1" }],
  ["what was asked for", "kms.CreateSymmetricKey", { "$.request_parameters.rotation_period": "3600s" }],
  [
    "how often a key is rotated",
    "kms.CreateSymmetricKey",
    { "$.details.rotation_period": "3600s", "$.response.rotation_period": "3600s" },
  ],
  ["what was answered", "kms.CreateSymmetricKey", { "$.response.default_algorithm": "AES_128" }],
  [
    "where logs go",
    "audittrails.CreateTrail",
    {
      "$.details.destination.object_storage.bucket_id": "every-operation",
      "$.request_parameters.filtering_policy.management_events_filter.resource_scopes.type":
        "organization-manager.organization",
    },
  ],
  ["roles on buckets", "storage.BucketAccessBindingsUpdate", { "$.details.deltas.action": "2" }],
];

test("a duration with a fraction of a second is recorded to the nanosecond", () => {
  expect(recorded({ pendingPeriod: { seconds: 7, nanos: 5_000_000 } })).toEqual({ pending_period: "7.005s" });
});

test.each(searches)("the vendor's search finds %s", async (_, type, equal) => {
  await using emulator = await startEmulator();
  await callEveryOperation(emulator);
  const records = emulator.cloud.auditLog.after(0).map(({ event }) => event);
  const found = records.filter((record) => record.event_type === `yandex.cloud.audit.${type}`);
  const seen = Object.keys(equal).map((path) => [path, found.flatMap((record) => valuesAt(record, path))]);
  for (const [path, values] of seen as [string, unknown[]][])
    expect([path, values]).toEqual([path, expect.arrayContaining([equal[path]])]);
});

/** Returns the delivered events of a trail, oldest first. */
async function delivered(
  work: (emulator: Awaited<ReturnType<typeof startEmulator>>, api: Api) => Promise<unknown>,
): Promise<AuditEvent[]> {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const { accountId } = await setUpTrail(emulator, api);
  await api.call("buckets", "create", bucketRequest(cloud.folderId, "data-logs"));
  await api.call("trails", "create", {
    ...trailRequest(emulator, "data-logs", accountId),
    name: "data",
    filteringPolicy: {
      managementEventsFilter: {
        resourceScopes: [{ id: cloud.organizationId, type: "organization-manager.organization" }],
      },
      dataEventsFilters: ["storage", "kms", "iam"].map((service) => ({
        service,
        resourceScopes: [{ id: cloud.organizationId, type: "organization-manager.organization" }],
      })),
    },
  });
  const trailId = cloud.trails.all().find(({ name }) => name === "data")?.id ?? "";
  await work(emulator, api);
  cloud.clock.advance({ minutes: 5 });
  const keys = cloud.objects.keys("data-logs", trailId);
  return keys.flatMap((key) =>
    JSON.parse(cloud.objects.get(cloud.deployer, "data-logs", key).body.toString()),
  );
}

const last = (records: readonly AuditEvent[], type: string) =>
  records.filter(({ event_type }) => event_type === `yandex.cloud.audit.${type}`).at(-1);

test("a bucket that was made public is found by the vendor's search, in a delivered record", async () => {
  const records = await delivered((_, api) =>
    api.callNewest("yandex.cloud.storage.v1.BucketService.Update", {
      name: "audit-logs",
      updateMask: { paths: ["anonymous_access_flags", "tags"] },
      anonymousAccessFlags: { read: true, list: false },
      tags: [{ key: "Team", value: "Security" }],
    }),
  );
  expect(last(records, "storage.BucketUpdate")).toMatchObject({
    details: {
      bucket_id: "audit-logs",
      objects_access: "true",
      list_access: "false",
      settings_read_access: "false",
      tags: [{ key: "Team", value: "Security" }],
    },
    request_parameters: { name: "audit-logs", anonymous_access_flags: { read: true } },
  });
});

test("changes of a bucket by S3 are recorded by the names of the vendor's message, and a policy unchanged", async () => {
  const policy = { Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" }] };
  const records = await delivered((emulator) =>
    s3(emulator, "PUT", "/audit-logs?policy", { body: JSON.stringify(policy) }),
  );
  expect(last(records, "storage.BucketPolicyUpdate")).toMatchObject({
    details: { bucket_id: "audit-logs", resource_id: expect.any(String) },
    request_parameters: { name: "audit-logs", policy },
  });
  const encryption = last(records, "storage.BucketEncryptionUpdate");
  const key_id = expect.stringMatching(/^abj/);
  expect(encryption).toMatchObject({
    details: { bucket_id: "audit-logs", encryption: { key_id } },
    request_parameters: { encryption: { rules: [{ kms_master_key_id: key_id }] } },
  });
  expect(encryption).not.toHaveProperty("response");
});

test("data events have the documented members", async () => {
  const records = await delivered(async (emulator, api) => {
    await api.callNewest("yandex.cloud.storage.v1.BucketService.Update", {
      name: "audit-logs",
      updateMask: { paths: ["versioning"] },
      versioning: "VERSIONING_ENABLED",
    });
    await s3(emulator, "PUT", "/audit-logs/report.pdf", { body: "x" });
    const keyId = await api.createKey("app");
    const use = { keyId, plaintext: Buffer.from("x").toString("base64") };
    await api.callNewest("yandex.cloud.kms.v1.SymmetricCryptoService.Encrypt", use);
    const iamToken = emulator.issueToken();
    await api.call("iamTokens", "revoke", { iamToken });
  });
  const uploads = records.filter(({ event_type }) => event_type.endsWith("storage.ObjectCreate"));
  expect(uploads.map(({ details }) => details)).toContainEqual({
    bucket_id: "audit-logs",
    object_id: "report.pdf",
    version_id: expect.any(String),
  });
  const versionId = expect.stringMatching(/^abj/);
  const used = { key_id: expect.stringMatching(/^abj/), version_id: versionId };
  expect(last(records, "kms.Encrypt")).toMatchObject({ details: used });
  const byClient = records.find(
    ({ event_type, details }) =>
      event_type.endsWith("kms.Encrypt") && valuesAt({ details }, "$.details.key_name")[0] === "app",
  );
  expect(byClient).toMatchObject({
    details: { ...used, key_name: "app" },
    request_parameters: { key_id: used.key_id },
    response: used,
  });
  expect(JSON.stringify(byClient)).not.toMatch(/plaintext|ciphertext/);
  expect(last(records, "iam.RevokeIamToken")?.details).toEqual({
    subject_id: expect.any(String),
    masked_iam_token: expect.stringMatching(/^t1\.\w{6}\*{4}$/),
  });
});

test("the record of a refused change names its resource", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const keyId = await api.createKey("key");
  using stranger = new Api(emulator, emulator.issueToken({ type: "userAccount", id: "stranger" }));
  await stranger.codeOf("keys", "delete", { keyId });
  await stranger.codeOf("keys", "create", keyRequest(emulator.cloud.folderId, "another"));
  const [deletion, creation] = emulator.cloud.auditLog.latest(2).reverse();
  expect(deletion).toMatchObject({
    error: { code: 7, details: [] },
    details: { key_id: keyId, key_name: "key" },
    request_parameters: { key_id: keyId },
  });
  expect(creation).toMatchObject({ request_parameters: { name: "another" } });
});
