import { startEmulator } from "../../emulator";
import { Api, bucketRequest, s3, setUpTrail } from "../support/api";

const idOf = ({ metadata }: { metadata: { value: Buffer } }) => metadata.value.subarray(2).toString();

/** https://yandex.cloud/en/docs/resource-manager/operations/folder/delete */
test("a folder is deleted when its time has come, with everything in it, logs and key included", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const { folderId } = cloud;
  const { bucket, keyId, accountId, trailId } = await setUpTrail(emulator, api);
  cloud.clock.advance({ minutes: 5 });
  const deletion = await api.call("folders", "delete", { folderId });
  cloud.clock.advance({ hours: 23 });
  // The day is longer than the lives of tokens.
  using later = new Api(emulator, emulator.issueToken());
  expect((await later.call("folders", "get", { folderId })).status).toBe(3);
  expect(await later.codeOf("trails", "get", { trailId })).toBe("OK");
  cloud.clock.advance({ hours: 2 });
  using latest = new Api(emulator, emulator.issueToken());
  expect(await latest.codeOf("folders", "get", { folderId })).toBe("NOT_FOUND");
  expect((await latest.call("operations", "get", { operationId: deletion.id })).done).toBe(true);
  for (const id of [bucket, keyId, accountId, trailId]) expect(cloud.tree.get(id)).toBeUndefined();
  expect(cloud.objects.isEmpty(bucket)).toBe(true);
  expect((await s3(emulator, "HEAD", `/${bucket}`)).status).toBe(404);
  expect(cloud.access.list(keyId)).toEqual([]);
});

test("a cancelled deletion deletes nothing, and its operation names who cancelled it", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { folderId } = emulator.cloud;
  const { id: operationId } = await api.call("folders", "delete", { folderId });
  const cancelled = await api.call("operations", "cancel", { operationId });
  expect(cancelled).toMatchObject({ done: true, error: { code: 1 } });
  emulator.cloud.clock.advance({ hours: 48 });
  expect(emulator.cloud.tree.get(folderId)).toBeDefined();
});

test("a user who may not delete a folder cannot cancel its deletion", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const { id: operationId } = await api.call("folders", "delete", { folderId: cloud.folderId });
  const viewer = { type: "userAccount", id: "viewer" };
  cloud.access.add(cloud.folderId, { roleId: "viewer", subject: viewer });
  using other = new Api(emulator, emulator.issueToken(viewer));
  expect(await other.codeOf("folders", "delete", { folderId: cloud.folderId })).toBe("PERMISSION_DENIED");
  expect(await other.codeOf("operations", "cancel", { operationId })).toBe("PERMISSION_DENIED");
});

test("clouds are created in the organization, with folders of their own that have quotas of their own", async () => {
  await using emulator = await startEmulator({ quotas: { buckets: 1 } });
  const { cloud } = emulator;
  cloud.access.add(cloud.organizationId, { roleId: "admin", subject: cloud.deployer });
  using api = new Api(emulator);
  const fields = { name: "second", description: "", labels: {} };
  const made = await api.call("clouds", "create", { organizationId: cloud.organizationId, ...fields });
  const cloudId = idOf(made);
  expect(await api.call("clouds", "get", { cloudId })).toMatchObject({
    name: "second",
    organizationId: cloud.organizationId,
  });
  const folderId = idOf(await api.call("folders", "create", { cloudId, ...fields }));
  expect(await api.codeOf("buckets", "create", bucketRequest(cloud.folderId, "first"))).toBe("OK");
  expect(await api.codeOf("buckets", "create", bucketRequest(cloud.folderId, "more"))).toBe(
    "RESOURCE_EXHAUSTED",
  );
  expect(await api.codeOf("buckets", "create", bucketRequest(folderId, "second"))).toBe("OK");
  await api.call("clouds", "delete", { cloudId, deleteAfter: new Date(0) });
  expect([cloud.tree.get(cloudId), cloud.tree.get(folderId), cloud.buckets.find("second")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

/** https://yandex.cloud/en/docs/organization/api-ref/Organization/update */
test("the organization takes a title and labels, and keeps the fields outside of the mask", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { organizationId } = emulator.cloud;
  const request = { organizationId, name: "", description: "", title: "Example Ltd", labels: { a: "b" } };
  await api.call("organizations", "update", { ...request, updateMask: { paths: ["title", "labels"] } });
  expect(await api.call("organizations", "get", { organizationId })).toMatchObject({
    name: "local-organization",
    title: "Example Ltd",
    labels: { a: "b" },
  });
  const page = { organizationId, pageSize: 0, pageToken: "" };
  expect((await api.call("organizations", "listOperations", page)).operations).toHaveLength(1);
});
