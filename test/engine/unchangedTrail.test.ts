import type { CliStack, OperationOptions } from "../../local/cli";
import { LocalStack, typeOf } from "../support/localStack";

/** What a preview would do with each resource of the provider that it does not leave alone, and with the trail. */
async function plannedBy(stack: CliStack, args: OperationOptions["args"] = []) {
  const planned: Record<string, string> = {};
  await stack.preview({
    args,
    onEvent: ({ resourcePreEvent }) => {
      const { type = "", op = "", urn = "" } = resourcePreEvent?.metadata ?? {};
      const isNews = op !== "refresh" && (op !== "same" || typeOf(urn) === "AuditTrailsTrail");
      if (type.startsWith("yandex:") && isNews) planned[typeOf(urn)] = op;
    },
  });
  return planned;
}

const unprotected = { protected: "false" };

test.each([
  { role: "audit-trails.viewer", binding: "OrganizationmanagerOrganizationIamMember" },
  { role: "storage.uploader", binding: "ResourcemanagerFolderIamMember" },
  { role: "kms.keys.encrypterDecrypter", binding: "KmsSymmetricKeyIamMember" },
])(
  "where the role $role is missing in the cloud, the trail is unchanged in a preview",
  async ({ role, binding }) => {
    await using local = await LocalStack.start();
    const { trail } = await local.up();
    const { organizationId, folderId, access } = local.emulator.cloud;
    for (const resource of [organizationId, folderId, trail.keyId])
      access.remove(resource, {
        roleId: role,
        subject: { type: "serviceAccount", id: trail.serviceAccountId },
      });
    expect(await plannedBy(await local.open(), ["--refresh"])).toEqual({
      [binding]: "create",
      AuditTrailsTrail: "same",
    });
  },
);

test("where the key is replaced, the trail is unchanged in a preview", async () => {
  await using local = await LocalStack.start();
  await local.up(unprotected);
  const key = (await local.resources()).find(({ urn }) => typeOf(urn) === "KmsSymmetricKey");
  expect(await plannedBy(await local.open(unprotected), ["--replace", key?.urn ?? ""])).toMatchObject({
    KmsSymmetricKey: expect.stringContaining("replace"),
    StorageBucket: "update",
    AuditTrailsTrail: "same",
  });
});

test("where encryption is switched on, the trail is unchanged in a preview", async () => {
  await using local = await LocalStack.start();
  await local.up({ encryption: { key: "none" } });
  expect(await plannedBy(await local.open({ encryption: { key: "new" } }))).toEqual({
    KmsSymmetricKey: "create",
    KmsSymmetricKeyIamMember: "create",
    StorageBucket: "update",
    AuditTrailsTrail: "same",
  });
});
