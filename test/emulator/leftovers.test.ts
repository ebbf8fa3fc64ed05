import { type Emulator, startEmulator } from "../../emulator";
import { Api, bucketRequest, keyRequest, s3, setUpTrail } from "../support/api";
import { byDeployer } from "../support/localStack";

/** Tables that remember the past on purpose: ids are counted, and KMS keeps the material of deleted keys for 72 hours. */
const history = [
  "auditEvents",
  "idempotencyKeys",
  "keyMaterial",
  "keyVersions",
  "occurrences",
  "operations",
  "revokedTokens",
];

/** Rows that name something, except those that remember the past. */
function rowsWith(emulator: Emulator, id: string): string[] {
  const tables = Object.entries(emulator.cloud.store.export().tables);
  return tables
    .filter(([table]) => !history.includes(table))
    .flatMap(([table, rows]) =>
      Object.entries(rows)
        .filter(([key, row]) => `${key}${JSON.stringify(row)}`.includes(id))
        .map(([key]) => `${table}: ${key}`),
    );
}

const asAccount = (id: string) => ({ type: "serviceAccount", id });

/** Makes a thing with all that can hang on it, and deletes it. @returns its id */
const kinds: Readonly<Record<string, (emulator: Emulator, api: Api) => Promise<string>>> = {
  "service account": async ({ cloud }, api) => {
    const id = await api.createServiceAccount("gone");
    for (const resource of [cloud.organizationId, cloud.folderId, await api.createKey("key")])
      cloud.access.add(resource, { roleId: "viewer", subject: asAccount(id) });
    cloud.access.add(id, { roleId: "viewer", subject: cloud.deployer });
    cloud.groups.put("readers", [asAccount(id), cloud.deployer]);
    await api.call("accessKeys", "create", { serviceAccountId: id, description: "" });
    await api.callNewest("yandex.cloud.iam.v1.KeyService.Create", { serviceAccountId: id });
    await api.call("serviceAccounts", "delete", { serviceAccountId: id });
    return id;
  },
  "symmetric key": async ({ cloud }, api) => {
    const id = await api.createKey("gone");
    await api.bind("keys", id, "kms.keys.encrypter", await api.createServiceAccount("account"));
    await api.call("keys", "rotate", { keyId: id });
    await api.call("keys", "delete", { keyId: id });
    expect(cloud.keyCipher.isActive(id)).toBe(false);
    return id;
  },
  bucket: async (emulator, api) => {
    const { cloud } = emulator;
    const name = "gone-bucket";
    await api.call("buckets", "create", bucketRequest(cloud.folderId, name));
    cloud.buckets.update(byDeployer(emulator), name, { versioning: "VERSIONING_ENABLED" });
    cloud.access.add(name, { roleId: "storage.viewer", subject: cloud.deployer });
    for (const body of ["one", "two"]) await s3(emulator, "PUT", `/${name}/object`, { body });
    await s3(emulator, "DELETE", `/${name}/object`);
    const begun = await (await s3(emulator, "POST", `/${name}/large?uploads`)).text();
    const [, uploadId] = /<UploadId>(.*?)</.exec(begun) ?? [];
    await s3(emulator, "PUT", `/${name}/large?uploadId=${uploadId}&partNumber=1`, { body: "part" });
    expect((await s3(emulator, "DELETE", `/${name}`)).status).toBe(409);
    cloud.removeWithContents(name);
    return name;
  },
  trail: async (emulator, api) => {
    const { trailId } = await setUpTrail(emulator, api);
    emulator.cloud.access.add(trailId, { roleId: "viewer", subject: emulator.cloud.deployer });
    emulator.cloud.clock.advance({ minutes: 5 });
    await api.call("trails", "delete", { trailId });
    for (const key of emulator.cloud.objects.keys("audit-logs", ""))
      emulator.cloud.objectDeletions.delete(emulator.cloud.deployer, "audit-logs", key);
    return trailId;
  },
  folder: async ({ cloud }, api) => {
    cloud.access.add(cloud.organizationId, { roleId: "admin", subject: cloud.deployer });
    const fields = { name: "gone", description: "", labels: {} };
    await api.call("folders", "create", { cloudId: cloud.cloudId, ...fields });
    const [{ id = "" } = {}] = cloud.tree.named("resource-manager.folder", "gone", cloud.cloudId);
    await api.call("keys", "create", keyRequest(id, "inside"));
    await api.call("buckets", "create", bucketRequest(id, "inside-bucket"));
    cloud.access.add(id, { roleId: "viewer", subject: cloud.deployer });
    await api.call("folders", "delete", { folderId: id, deleteAfter: new Date(0) });
    return id;
  },
};

test.each(Object.entries(kinds))("a deleted %s leaves nothing", async (_, deleteOne) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const id = await deleteOne(emulator, api);
  // Bindings that still decide a while are gone after it.
  emulator.cloud.clock.advance({ minutes: 1 });
  expect(id).not.toBe("");
  expect(rowsWith(emulator, id)).toEqual([]);
});

test("a new bucket of the same name is empty", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const name = (await kinds.bucket?.(emulator, api)) ?? "";
  await api.call("buckets", "create", bucketRequest(emulator.cloud.folderId, name));
  expect(emulator.cloud.buckets.find(name)).toMatchObject({ versioning: "VERSIONING_DISABLED", tags: [] });
  expect(emulator.cloud.buckets.isEmpty(name)).toBe(true);
  expect(emulator.cloud.access.list(name)).toEqual([]);
});

test("a token and a static key of a deleted account are refused", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const id = await api.createServiceAccount("gone");
  const { accessKey } = await api.call("accessKeys", "create", { serviceAccountId: id, description: "" });
  using account = new Api(emulator, emulator.issueToken(asAccount(id)));
  await api.call("serviceAccounts", "delete", { serviceAccountId: id });
  expect(await account.codeOf("serviceAccounts", "get", { serviceAccountId: id })).toBe("UNAUTHENTICATED");
  expect(emulator.cloud.accessKeys.find(accessKey.keyId)).toBeUndefined();
});

test("a trail whose account is deleted goes to ERROR, and delivers nothing", async () => {
  await using emulator = await startEmulator({ switches: { accountInUse: "delete" } });
  using api = new Api(emulator);
  const { accountId, trailId, bucket } = await setUpTrail(emulator, api);
  const { cloud } = emulator;
  await api.call("serviceAccounts", "delete", { serviceAccountId: accountId });
  // Roles of its id on the way back, as if somebody had bound them by hand.
  for (const roleId of ["audit-trails.viewer", "storage.uploader"])
    cloud.access.add(cloud.organizationId, { roleId, subject: asAccount(accountId) });
  cloud.clock.advance({ minutes: 5 });
  expect(await api.call("trails", "get", { trailId })).toMatchObject({
    status: 2,
    statusErrorMessage: `ACCESS_DENIED: Service account ${accountId} is gone`,
  });
  expect(cloud.objects.keys(bucket, "")).toEqual([]);
});
