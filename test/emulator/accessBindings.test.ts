import { startEmulator } from "../../emulator";
import { Api, bucketRequest, setUpTrail } from "../support/api";

const binding = (roleId: string, id: string) => ({ roleId, subject: { id, type: "serviceAccount" } });
const rolesIn = ({ accessBindings }: { accessBindings: { roleId: string }[] }) =>
  accessBindings.map(({ roleId }) => roleId).sort();
const granted = (id: string) => ({
  action: 1,
  accessBinding: { roleId: "kms.viewer", subject: { id, type: "userAccount" } },
});
const list = (resourceId: string) => ({ resourceId, pageSize: 0, pageToken: "" });

test("a role on one bucket holds there and nowhere else, by the bucket's name or its id", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  const account = await api.createServiceAccount("account");
  for (const name of ["one", "two"]) await api.call("buckets", "create", bucketRequest(cloud.folderId, name));
  const resourceId = cloud.buckets.find("one")?.resourceId ?? "";
  const accessBindingDeltas = [{ action: 1, accessBinding: binding("storage.uploader", account) }];
  await api.call("buckets", "updateAccessBindings", { resourceId, accessBindingDeltas });
  const subject = { type: "serviceAccount", id: account };
  const mayPut = (bucket: string) => cloud.access.isAllowed(subject, "storage.objects.create", bucket);
  expect([mayPut("one"), mayPut("two")]).toEqual([true, false]);
  expect(rolesIn(await api.call("buckets", "listAccessBindings", list("one")))).toEqual(["storage.uploader"]);
});

test("set replaces all bindings of a resource; the operation carries what it changed", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { keyId, accountId } = await setUpTrail(emulator, api);
  const set = (...roles: string[]) =>
    api.call("keys", "setAccessBindings", {
      resourceId: keyId,
      accessBindings: roles.map((role) => binding(role, accountId)),
    });
  const { id: operationId, metadata } = await set("kms.viewer", "kms.keys.encrypter");
  expect(metadata.typeUrl).toBe("type.googleapis.com/yandex.cloud.access.SetAccessBindingsMetadata");
  expect((await api.call("operations", "get", { operationId })).response.typeUrl).toBe(
    "type.googleapis.com/google.protobuf.Empty",
  );
  expect(rolesIn(await api.call("keys", "listAccessBindings", list(keyId)))).toEqual([
    "kms.keys.encrypter",
    "kms.viewer",
  ]);
  await set();
  expect(rolesIn(await api.call("keys", "listAccessBindings", list(keyId)))).toEqual([]);
});

test("trails and clouds have bindings too, which need the roles for it", async () => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { trailId, accountId } = await setUpTrail(emulator, api);
  const { cloudId, folderId, deployer, access } = emulator.cloud;
  const update = (service: "trails" | "clouds", resourceId: string, role: string) =>
    api.codeOf(service, "updateAccessBindings", {
      resourceId,
      accessBindingDeltas: [{ action: 1, accessBinding: binding(role, accountId) }],
    });
  expect(await update("trails", trailId, "audit-trails.viewer")).toBe("PERMISSION_DENIED");
  access.add(folderId, { roleId: "audit-trails.admin", subject: deployer });
  expect(await update("trails", trailId, "audit-trails.viewer")).toBe("OK");
  expect(await update("clouds", cloudId, "resource-manager.viewer")).toBe("PERMISSION_DENIED");
  access.add(cloudId, { roleId: "admin", subject: deployer });
  expect(await update("clouds", cloudId, "resource-manager.viewer")).toBe("OK");
});

test.each([
  ["no delta", []],
  ["more than a thousand", Array.from({ length: 1001 }, (_, i) => granted(`user-${i}`))],
  ["an action that is none", [{ action: 0, accessBinding: binding("kms.viewer", "x") }]],
  ["a role that is none", [{ action: 1, accessBinding: binding("kms.king", "x") }]],
  ["an account that is none", [{ action: 1, accessBinding: binding("kms.viewer", "ajenone") }]],
])("%s cannot be, and changes nothing", async (_, accessBindingDeltas) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const resourceId = await api.createKey("key");
  expect(await api.codeOf("keys", "updateAccessBindings", { resourceId, accessBindingDeltas })).toBe(
    "INVALID_ARGUMENT",
  );
  expect(rolesIn(await api.call("keys", "listAccessBindings", list(resourceId)))).toEqual([]);
});

test("primitive roles hold what the services' own roles hold", async () => {
  await using emulator = await startEmulator();
  const { access, folderId } = emulator.cloud;
  const subject = { type: "userAccount", id: "user" };
  const permissions = ["kms.keys.get", "kms.keys.create", "kms.keys.delete"];
  for (const [roleId, allowed] of [
    ["viewer", [true, false, false]],
    ["editor", [true, true, false]],
    ["admin", [true, true, true]],
  ] as const) {
    access.add(folderId, { roleId, subject });
    expect(permissions.map((permission) => access.isAllowed(subject, permission, folderId))).toEqual(allowed);
    access.remove(folderId, { roleId, subject });
  }
});

/** Its role would have no effect, without any message. */
test.each([
  ["userAccount", "the id of a service account"],
  ["federatedUser", "the id of a service account"],
  ["group", "the id of a service account"],
  ["serviceAccount", "the id of a user"],
  ["serviceAccount", "the id of a folder"],
  ["serviceAccount", "the id of nobody"],
  ["userAccount", "the id of a group"],
  ["group", "the id of nobody"],
  ["system", "the id of nobody"],
  ["userAccount", "allUsers"],
  ["userAccount", ""],
  ["serviceaccount", "the id of a service account"],
  ["", "the id of a service account"],
])("a binding for a subject of type %j with %s is refused, and nothing is bound", async (type, whose) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  const { cloud } = emulator;
  cloud.groups.put("readers", [cloud.deployer]);
  const ids: Readonly<Record<string, string>> = {
    "the id of a service account": await api.createServiceAccount("account"),
    "the id of a user": cloud.deployer.id,
    "the id of a folder": cloud.folderId,
    "the id of a group": "readers",
    "the id of nobody": "nobody",
  };
  const resourceId = cloud.folderId;
  const before = cloud.access.list(resourceId);
  const accessBinding = { roleId: "storage.viewer", subject: { id: ids[whose] ?? whose, type } };
  const update = { resourceId, accessBindingDeltas: [{ action: 1, accessBinding }] };
  expect(await api.codeOf("folders", "updateAccessBindings", update)).toBe("INVALID_ARGUMENT");
  const set = { resourceId, accessBindings: [...before, accessBinding] };
  expect(await api.codeOf("folders", "setAccessBindings", set)).toBe("INVALID_ARGUMENT");
  expect(cloud.access.list(resourceId)).toEqual(before);
});

test.each([
  ["userAccount", "somebody"],
  ["federatedUser", "somebody"],
  ["group", "readers"],
  ["system", "allAuthenticatedUsers"],
  ["system", "group:organization:bpf:users"],
])("a binding for a subject of type %s with the id %s is accepted", async (type, id) => {
  await using emulator = await startEmulator();
  using api = new Api(emulator);
  emulator.cloud.groups.put("readers", []);
  const accessBinding = { roleId: "storage.viewer", subject: { id, type } };
  const request = {
    resourceId: emulator.cloud.folderId,
    accessBindingDeltas: [{ action: 1, accessBinding }],
  };
  expect(await api.codeOf("folders", "updateAccessBindings", request)).toBe("OK");
});
