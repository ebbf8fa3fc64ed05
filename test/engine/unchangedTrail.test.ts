import type { CliStack, OperationOptions } from "../../tools/local/cliStack";
import { bucketName, LocalStack, typeOf } from "../support/localStack";
import { configurations, standing } from "../support/standingStacks";

/** Returns the operations of a preview on the trail and on each resource of the provider that it changes. */
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

test("if the account's roles are missing in the cloud, the trail is unchanged in a preview", async () => {
  await using local = await standing("default");
  const { organizationId, folderId, access, trails, buckets } = local.emulator.cloud;
  const subject = { type: "serviceAccount", id: trails.all()[0]?.serviceAccountId ?? "" };
  for (const [on, roleId] of [
    [organizationId, "audit-trails.viewer"],
    [folderId, "storage.uploader"],
    [buckets.find(bucketName)?.kmsMasterKeyId ?? "", "kms.keys.encrypterDecrypter"],
  ] as const)
    access.remove(on, { roleId, subject });
  expect(await plannedBy(await local.open(), ["--refresh"])).toEqual({
    OrganizationmanagerOrganizationIamMember: "create",
    ResourcemanagerFolderIamMember: "create",
    KmsSymmetricKeyIamMember: "create",
    AuditTrailsTrail: "same",
  });
});

test("if the key is replaced, the trail is unchanged in a preview", async () => {
  await using local = await standing("unprotected");
  const key = (await local.resources()).find(({ urn }) => typeOf(urn) === "KmsSymmetricKey");
  const stack = await local.open(configurations.unprotected);
  expect(await plannedBy(stack, ["--replace", key?.urn ?? ""])).toMatchObject({
    KmsSymmetricKey: expect.stringContaining("replace"),
    StorageBucket: "update",
    AuditTrailsTrail: "same",
  });
});

test("if encryption is switched on, the trail is unchanged in a preview", async () => {
  await using local = await LocalStack.start();
  await local.up({ encryption: { key: "none" } });
  expect(await plannedBy(await local.open())).toEqual({
    KmsSymmetricKey: "create",
    KmsSymmetricKeyIamMember: "create",
    StorageBucket: "update",
    AuditTrailsTrail: "same",
  });
});
