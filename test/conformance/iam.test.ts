import { AccessKey } from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key";
import {
  AccessKeyServiceClient,
  CreateAccessKeyRequest,
  DeleteAccessKeyMetadata,
  UpdateAccessKeyMetadata,
  UpdateAccessKeyRequest,
} from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service";
import { IamTokenServiceClient } from "@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service";
import { Key, Key_Algorithm } from "@yandex-cloud/nodejs-sdk/iam-v1/key";
import {
  CreateKeyRequest,
  DeleteKeyMetadata,
  KeyFormat,
  KeyServiceClient,
  UpdateKeyMetadata,
  UpdateKeyRequest,
} from "@yandex-cloud/nodejs-sdk/iam-v1/key_service";
import { RoleServiceClient } from "@yandex-cloud/nodejs-sdk/iam-v1/role_service";
import { ServiceAccount } from "@yandex-cloud/nodejs-sdk/iam-v1/service_account";
import {
  CreateServiceAccountMetadata,
  CreateServiceAccountRequest,
  DeleteServiceAccountMetadata,
  ServiceAccountServiceClient,
  UpdateServiceAccountMetadata,
  UpdateServiceAccountRequest,
} from "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service";
import { empty, useTarget } from "./support/target";

const message = (name: string) => `yandex.cloud.iam.v1.${name}`;
const account = [message("ServiceAccount"), ServiceAccount] as const;

const target = useTarget();

const accounts = () => target().client(ServiceAccountServiceClient);

async function create(fields: object = {}): Promise<ServiceAccount> {
  const request = { folderId: target().folderId, name: target().name("account"), ...fields };
  const { metadata, response } = await target().finished(
    await accounts().create(CreateServiceAccountRequest.fromPartial(request)),
    [message("CreateServiceAccountMetadata"), CreateServiceAccountMetadata],
    account,
  );
  expect(metadata).toEqual({ serviceAccountId: response.id });
  target().atEnd(() => accounts().delete({ serviceAccountId: response.id }));
  return response;
}

/** https://yandex.cloud/en/docs/iam/api-ref/ServiceAccount/create */
test("an account has what it was created with, and can be found by its name", async () => {
  const fields = { description: "delivers logs", labels: { team: "security" } };
  const created = await create(fields);
  expect(created).toMatchObject({ ...fields, folderId: target().folderId });
  expect(await accounts().get({ serviceAccountId: created.id })).toEqual(created);
  const page = {
    folderId: target().folderId,
    pageSize: 10,
    pageToken: "",
    filter: `name = "${created.name}"`,
  };
  expect((await accounts().list(page)).serviceAccounts).toEqual([created]);
});

test("an update changes the fields of its mask, and no others", async () => {
  const created = await create({ description: "old", labels: { team: "security" } });
  const { metadata, response } = await target().finished(
    await accounts().update(
      UpdateServiceAccountRequest.fromPartial({
        serviceAccountId: created.id,
        name: "not-this",
        description: "new",
        updateMask: { paths: ["description"] },
      }),
    ),
    [message("UpdateServiceAccountMetadata"), UpdateServiceAccountMetadata],
    account,
  );
  expect(metadata).toEqual({ serviceAccountId: created.id });
  expect(response).toEqual({ ...created, description: "new" });
});

test.each([
  ["an upper-case name", { name: "Account" }],
  ["a name of 64 characters", { name: "a".repeat(64) }],
  ["a description of 257 characters", { description: "d".repeat(257) }],
])("%s is refused", async (_, fields) => {
  await expect(create(fields)).rejects.toThrow("INVALID_ARGUMENT");
});

/** https://yandex.cloud/en/docs/iam/concepts/users/service-accounts: unique in the cloud */
test("a name that is taken is refused", async () => {
  const { name } = await create();
  await expect(create({ name })).rejects.toThrow("ALREADY_EXISTS");
});

test("a deleted account is gone, and its operations are over", async () => {
  const { id: serviceAccountId } = await create();
  const { metadata } = await target().finished(
    await accounts().delete({ serviceAccountId }),
    [message("DeleteServiceAccountMetadata"), DeleteServiceAccountMetadata],
    empty,
  );
  expect(metadata).toEqual({ serviceAccountId });
  await expect(accounts().get({ serviceAccountId })).rejects.toThrow("NOT_FOUND");
});

/** https://yandex.cloud/en/docs/iam/concepts/authorization/access-key */
test("a static key shows its secret once, and can be described and deleted", async () => {
  const { id: serviceAccountId } = await create();
  const keys = target().client(AccessKeyServiceClient);
  const compatible = (name: string) => message(`awscompatibility.${name}`);
  const made = await keys.create(
    CreateAccessKeyRequest.fromPartial({ serviceAccountId, description: "one" }),
  );
  const accessKeyId = made.accessKey?.id ?? "";
  expect(made.secret.length).toBeGreaterThan(20);
  expect(await keys.get({ accessKeyId })).toEqual(made.accessKey);
  const { metadata, response } = await target().finished(
    await keys.update(
      UpdateAccessKeyRequest.fromPartial({
        accessKeyId,
        description: "two",
        updateMask: { paths: ["description"] },
      }),
    ),
    [compatible("UpdateAccessKeyMetadata"), UpdateAccessKeyMetadata],
    [compatible("AccessKey"), AccessKey],
  );
  expect(metadata).toEqual({ accessKeyId });
  expect(response).toEqual({ ...made.accessKey, description: "two" });
  const listed = await keys.list({ serviceAccountId, pageSize: 0, pageToken: "" });
  expect(listed.accessKeys).toEqual([response]);
  const deleted = await target().finished(
    await keys.delete({ accessKeyId }),
    [compatible("DeleteAccessKeyMetadata"), DeleteAccessKeyMetadata],
    empty,
  );
  expect(deleted.metadata).toEqual({ accessKeyId });
  await expect(keys.get({ accessKeyId })).rejects.toThrow("NOT_FOUND");
});

/** https://yandex.cloud/en/docs/iam/concepts/authorization/key */
test("an authorized key shows its private half once, and can be described and deleted", async () => {
  const { id: serviceAccountId } = await create();
  const keys = target().client(KeyServiceClient);
  const request = { serviceAccountId, keyAlgorithm: Key_Algorithm.RSA_2048 };
  const made = await keys.create(CreateKeyRequest.fromPartial(request));
  const keyId = made.key?.id ?? "";
  expect(made.privateKey).toContain("PRIVATE KEY");
  expect(await keys.get({ keyId, format: KeyFormat.PEM_FILE })).toEqual(made.key);
  const { metadata, response } = await target().finished(
    await keys.update(
      UpdateKeyRequest.fromPartial({ keyId, description: "two", updateMask: { paths: ["description"] } }),
    ),
    [message("UpdateKeyMetadata"), UpdateKeyMetadata],
    [message("Key"), Key],
  );
  expect(metadata).toEqual({ keyId });
  expect(response).toEqual({ ...made.key, description: "two" });
  const deleted = await target().finished(
    await keys.delete({ keyId }),
    [message("DeleteKeyMetadata"), DeleteKeyMetadata],
    empty,
  );
  expect(deleted.metadata).toEqual({ keyId });
  await expect(keys.get({ keyId, format: KeyFormat.PEM_FILE })).rejects.toThrow("NOT_FOUND");
});

/** https://yandex.cloud/en/docs/iam/api-ref/IamToken/createForServiceAccount */
test("a user with the role for it can get a token for an account and revoke it", async () => {
  const { id: serviceAccountId } = await create();
  const tokens = target().client(IamTokenServiceClient);
  const { iamToken, expiresAt } = await tokens.createForServiceAccount({ serviceAccountId });
  const hours = ((expiresAt?.getTime() ?? 0) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(0);
  expect(hours).toBeLessThanOrEqual(12.01);
  expect(await tokens.revoke({ iamToken })).toEqual({ subjectId: serviceAccountId });
});

/** https://yandex.cloud/en/docs/iam/api-ref/Role/ */
test("roles can be read and listed", async () => {
  const roles = target().client(RoleServiceClient);
  expect(await roles.get({ roleId: "audit-trails.viewer" })).toMatchObject({ id: "audit-trails.viewer" });
  await expect(roles.get({ roleId: "no.such.role" })).rejects.toThrow("NOT_FOUND");
  const { roles: listed } = await roles.list({ pageSize: 1000, pageToken: "", filter: "" });
  const ids = listed.map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining(["storage.uploader", "kms.keys.encrypterDecrypter", "audit-trails.viewer"]),
  );
});
