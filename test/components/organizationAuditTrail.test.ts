import { OrganizationAuditTrail, type OrganizationAuditTrailArgs } from "../../components";
import { idOf, register, resolved } from "../support/mocks";

const required = { organizationId: "organization", folderId: "folder", bucketName: "audit-logs" };

const build = (args: Partial<OrganizationAuditTrailArgs> = {}) =>
  register(() => new OrganizationAuditTrail("audit", { ...required, ...args }));

const account = `serviceAccount:${idOf("audit-account")}`;
const accountBinding = { parent: "audit-account", waitsFor: [] };

/** What the guide asks for, resource by resource. */
const key = {
  type: "KmsSymmetricKey",
  name: "audit-key",
  parent: "audit-key",
  waitsFor: [],
  inputs: {
    folderId: "folder",
    name: "audit-key",
    description: expect.any(String),
    defaultAlgorithm: "AES_256",
    rotationPeriod: "8760h",
  },
};
const bucket = {
  type: "StorageBucket",
  name: "audit-bucket",
  parent: "audit-bucket",
  waitsFor: [],
  inputs: { folderId: "folder", bucket: "audit-logs", forceDestroy: false },
};
const serviceAccount = {
  type: "IamServiceAccount",
  name: "audit-account",
  ...accountBinding,
  inputs: { folderId: "folder", name: "audit-account", description: expect.any(String) },
};
const viewer = {
  type: "OrganizationmanagerOrganizationIamMember",
  name: "audit-account-audit-trails.viewer",
  ...accountBinding,
  inputs: { organizationId: "organization", role: "audit-trails.viewer", member: account },
};
const uploader = {
  type: "ResourcemanagerFolderIamMember",
  name: "audit-account-storage.uploader",
  ...accountBinding,
  inputs: { folderId: "folder", role: "storage.uploader", member: account },
};
const encrypterDecrypter = {
  type: "KmsSymmetricKeyIamMember",
  name: "audit-account-kms.keys.encrypterDecrypter",
  ...accountBinding,
  inputs: { symmetricKeyId: idOf("audit-key"), role: "kms.keys.encrypterDecrypter", member: account },
};
const trail = {
  type: "AuditTrailsTrail",
  name: "audit",
  parent: "audit",
  inputs: {
    folderId: "folder",
    name: "audit",
    serviceAccountId: idOf("audit-account"),
    storageDestination: { bucketName: "audit-logs" },
    filteringPolicy: {
      managementEventsFilter: {
        resourceScopes: [{ resourceId: "organization", resourceType: "organization-manager.organization" }],
      },
    },
  },
};

describe("encrypted, the default", () => {
  test("registers exactly the guide's seven resources, with exactly its inputs", async () => {
    const { resources } = await build();
    expect(resources).toEqual([
      key,
      {
        ...bucket,
        inputs: {
          ...bucket.inputs,
          serverSideEncryptionConfiguration: {
            rule: {
              applyServerSideEncryptionByDefault: {
                kmsMasterKeyId: idOf("audit-key"),
                sseAlgorithm: "aws:kms",
              },
            },
          },
        },
      },
      serviceAccount,
      viewer,
      uploader,
      encrypterDecrypter,
      {
        ...trail,
        waitsFor: [
          "StorageBucket",
          "IamServiceAccount",
          "OrganizationmanagerOrganizationIamMember",
          "ResourcemanagerFolderIamMember",
          "KmsSymmetricKeyIamMember",
        ],
      },
    ]);
  });
});

describe("unencrypted, the guide's tip", () => {
  test("registers neither key nor role on a key, and the trail still waits for all the rest", async () => {
    const { resources, result } = await build({ encrypted: false });
    expect(resources).toEqual([
      bucket,
      serviceAccount,
      viewer,
      uploader,
      {
        ...trail,
        waitsFor: [
          "StorageBucket",
          "IamServiceAccount",
          "OrganizationmanagerOrganizationIamMember",
          "ResourcemanagerFolderIamMember",
        ],
      },
    ]);
    expect(result.keyId).toBeUndefined();
  });
});

/** What is named as existing is not made, and only the trail's own roles touch it. */
describe("existing", () => {
  const binding = (resource: { inputs: object }, inputs: object) => ({
    ...resource,
    inputs: { ...resource.inputs, ...inputs },
  });
  const member = "serviceAccount:existing-account";

  test("key: the bucket is encrypted with it, and the account gets a role on it", async () => {
    const { resources, result } = await build({ keyId: "existing-key" });
    expect(resources.map(({ type }) => type)).not.toContain("KmsSymmetricKey");
    expect(resources).toContainEqual(binding(encrypterDecrypter, { symmetricKeyId: "existing-key" }));
    expect(resources.find(({ type }) => type === "StorageBucket")?.inputs).toMatchObject({
      serverSideEncryptionConfiguration: {
        rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId: "existing-key" } },
      },
    });
    expect(result.keyId && (await resolved(result.keyId))).toBe("existing-key");
  });

  test("bucket, key and account: only the three roles and the trail are made, the uploader's on the bucket's folder", async () => {
    const { resources } = await build({
      bucketFolderId: "bucket-folder",
      keyId: "existing-key",
      serviceAccountId: "existing-account",
    });
    expect(resources).toEqual([
      binding(viewer, { member }),
      binding(uploader, { member, folderId: "bucket-folder" }),
      binding(encrypterDecrypter, { member, symmetricKeyId: "existing-key" }),
      {
        ...trail,
        inputs: { ...trail.inputs, serviceAccountId: "existing-account" },
        waitsFor: [
          "OrganizationmanagerOrganizationIamMember",
          "ResourcemanagerFolderIamMember",
          "KmsSymmetricKeyIamMember",
        ],
      },
    ]);
  });

  test("unencrypted bucket: no role on any key", async () => {
    const { resources } = await build({ bucketFolderId: "bucket-folder", encrypted: false });
    expect(resources.map(({ type }) => type)).toEqual([
      "IamServiceAccount",
      "OrganizationmanagerOrganizationIamMember",
      "ResourcemanagerFolderIamMember",
      "AuditTrailsTrail",
    ]);
  });
});

test.each<[Partial<OrganizationAuditTrailArgs>, string]>([
  [{ encrypted: false, keyId: "existing-key" }, "keyId (must not be given while encrypted is false)"],
  [{ bucketFolderId: "bucket-folder" }, "bucketFolderId (an existing bucket needs its key in keyId"],
])("%j contradicts itself: refused before any resource is registered", async (args, message) => {
  await expect(build(args)).rejects.toThrow(message);
});

test("every name, text and label given reaches its resource", async () => {
  const { resources } = await build({
    keyName: "k",
    keyAlgorithm: "AES_128",
    keyRotationPeriod: "24h",
    serviceAccountName: "s",
    trailName: "t",
    trailDescription: "d",
    objectPrefix: "p",
    labels: { team: "security" },
  });
  const inputsOf = (type: string) => resources.find((resource) => resource.type === type)?.inputs;
  const labels = { team: "security" };
  expect(inputsOf("KmsSymmetricKey")).toMatchObject({
    name: "k",
    defaultAlgorithm: "AES_128",
    rotationPeriod: "24h",
    labels,
  });
  expect(inputsOf("StorageBucket")).toMatchObject({ tags: labels });
  expect(inputsOf("IamServiceAccount")).toMatchObject({ name: "s" });
  expect(inputsOf("AuditTrailsTrail")).toMatchObject({
    name: "t",
    description: "d",
    labels,
    storageDestination: { bucketName: "audit-logs", objectPrefix: "p" },
  });
});

test.each([
  [undefined, `${idOf("audit")}/`],
  ["logs/org", `logs/org/${idOf("audit")}/`],
])(
  "with prefix %j the outputs say that logs land under %s, and name every resource",
  async (objectPrefix, keyPrefix) => {
    const { result } = await build({ objectPrefix });
    expect(await resolved(result.objectKeyPrefix)).toBe(keyPrefix);
    expect(await resolved(result.trailId)).toBe(idOf("audit"));
    expect(await resolved(result.trailStatus)).toBe("ACTIVE");
    expect(await resolved(result.bucketName)).toBe("audit-logs");
    expect(result.bucketUrl && (await resolved(result.bucketUrl))).toBe("https://audit-logs.storage.test");
    expect(result.keyId && (await resolved(result.keyId))).toBe(idOf("audit-key"));
    expect(await resolved(result.serviceAccountId)).toBe(idOf("audit-account"));
  },
);
