import { deployerRoles } from "../../emulator";
import type { Permission } from "../../emulator/backend/iam/roles";
import { permissionsOf } from "../../emulator/backend/iam/roles";
import { Api, setUpTrail } from "../support/api";
import { bucketName, byDeployer, LocalStack, sevenResources } from "../support/localStack";

/** Each fault, and what the message must say. The cloud's own words are replaced: all advice is the program's. */
const denials: { method: string; failed: string; says: (local: LocalStack) => string[] }[] = [
  {
    method: "SymmetricKeyService/Create",
    failed: "KmsSymmetricKey",
    says: ({ emulator }) => [
      `kms.admin on folder ${emulator.cloud.folderId}`,
      `yc resource-manager folder add-access-binding --id ${emulator.cloud.folderId} --role kms.admin`,
    ],
  },
  {
    method: "BucketService/Create",
    failed: "StorageBucket",
    says: ({ emulator }) => [`storage.admin on folder ${emulator.cloud.folderId}`],
  },
  {
    method: "ServiceAccountService/Create",
    failed: "IamServiceAccount",
    says: ({ emulator }) => [`iam.serviceAccounts.admin on folder ${emulator.cloud.folderId}`],
  },
  {
    method: "OrganizationService/UpdateAccessBindings",
    failed: "OrganizationmanagerOrganizationIamMember",
    says: ({ emulator }) => [
      `organization-manager.admin on organization ${emulator.cloud.organizationId}`,
      `yc organization-manager organization add-access-binding --id ${emulator.cloud.organizationId}`,
    ],
  },
  {
    method: "FolderService/UpdateAccessBindings",
    failed: "ResourcemanagerFolderIamMember",
    says: ({ emulator }) => [`resource-manager.admin on folder ${emulator.cloud.folderId}`],
  },
  {
    method: "SymmetricKeyService/UpdateAccessBindings",
    failed: "KmsSymmetricKeyIamMember",
    says: ({ emulator }) => {
      const key = emulator.cloud.tree.all().find(({ type }) => type === "kms.symmetricKey");
      return [`kms.admin on key ${key?.id}`, `yc kms symmetric-key add-access-binding --id ${key?.id}`];
    },
  },
  {
    method: "TrailService/Create",
    failed: "AuditTrailsTrail",
    says: ({ emulator }) => {
      const account = emulator.cloud.tree.all().find(({ type }) => type === "iam.serviceAccount");
      return [
        `audit-trails.editor on folder ${emulator.cloud.folderId}`,
        `iam.serviceAccounts.user on service account ${account?.id}`,
        "the trail's own service account lacks one of its roles",
      ];
    },
  },
];

test.each(denials)(
  "a denied $method names the role, where to grant it and how, whatever the cloud's words; then up goes on",
  async ({ method, failed, says }) => {
    await using local = await LocalStack.start();
    local.emulator.cloud.faults.fail({ method }, "PERMISSION_DENIED", { message: "x" });
    const result = await local.failingUp({ rolePropagationTimeoutSeconds: 0 });
    expect(result.failed).toEqual([failed]);
    for (const text of says(local)) expect(result.output).toContain(text);
    expect(result.output).toContain("Then run the same command again");

    await local.up();
    expect(await local.resourceTypes()).toEqual(sevenResources);
    expect(local.emulator.cloud.tree.all()).toHaveLength(3 + 4);
  },
);

/** Roles whose loss the cloud itself must notice. */
test.each([
  ["kms.admin", "KmsSymmetricKey", "kms.keys.create"],
  ["storage.admin", "StorageBucket", "storage.buckets.create"],
  ["iam.serviceAccounts.admin", "IamServiceAccount", "iam.serviceAccounts.create"],
  [
    "resource-manager.admin",
    "ResourcemanagerFolderIamMember",
    "resource-manager.folders.updateAccessBindings",
  ],
  [
    "organization-manager.admin",
    "OrganizationmanagerOrganizationIamMember",
    "organization-manager.organizations.updateAccessBindings",
  ],
  ["audit-trails.editor", "AuditTrailsTrail", "audit-trails.trails.create"],
])(
  "a deployer without %s fails at the %s, and no other of its roles makes up for it",
  async (roleId, type, permission) => {
    const others: string[] = Object.values(deployerRoles)
      .flat()
      .filter((role) => role !== roleId);
    const granting = others.filter((role) => permissionsOf(role)?.has(permission as Permission));
    expect(granting).toEqual([]);

    await using local = await LocalStack.start();
    const { access, organizationId, folderId, deployer } = local.emulator.cloud;
    for (const id of [organizationId, folderId]) access.remove(id, { roleId, subject: deployer });
    access.add(folderId, { roleId: "resource-manager.viewer", subject: deployer });
    const { failed, output } = await local.failingUp({ rolePropagationTimeoutSeconds: 0 });
    expect(failed).toContain(type);
    expect(output).toContain(roleId);
  },
);

test("a trail refused because the existing bucket's key was not named is told of key and role, and does not wait", async () => {
  await using local = await LocalStack.start();
  using api = new Api(local.emulator);
  const { cloud } = local.emulator;
  const { bucket, keyId, trailId } = await setUpTrail(local.emulator, api);
  await api.call("trails", "delete", { trailId });
  const existing = { bucketName: bucket, bucketFolderId: cloud.folderId };
  const { failed, output } = await local.failingUp({ ...existing, encryption: { key: "none" } });
  expect(failed).toEqual(["AuditTrailsTrail"]);
  expect(output).toContain(`no role kms.keys.encrypterDecrypter on kms.symmetricKey ${keyId}`);
  expect(output).toContain(`yc kms symmetric-key add-access-binding --id ${keyId}`);
  for (const text of ["Trying again", "The deploying account lacks", "no role storage.uploader"])
    expect(output).not.toContain(text);

  const { trail } = await local.up({ ...existing, encryption: { key: "existing", keyId } });
  expect(trail.trailStatus).toBe("ACTIVE");
});

test("a bucket name that is taken in another folder is told as such, and up goes on with another", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const other = { type: "resource-manager.folder", id: "b1gother", name: "other", parentId: cloud.cloudId };
  cloud.tree.put(other);
  cloud.access.add(other.id, { roleId: "storage.admin", subject: cloud.deployer });
  cloud.buckets.create(byDeployer(local.emulator), { name: bucketName, folderId: other.id });
  const { failed, output } = await local.failingUp({ rolePropagationTimeoutSeconds: 0 });
  expect(failed).toEqual(["StorageBucket"]);
  expect(output).toContain("Bucket names are unique in the whole service");
  expect(output).not.toContain("pulumi import");

  await local.up({ bucketName: "another-name" });
  expect(await local.resourceTypes()).toEqual(sevenResources);
});

/** The command that a message tells for taking a resource into the stack. */
const importIn = (output: string): string => /pulumi import .*/.exec(output)?.[0] ?? "";

test("a bucket that was left half made is told with the command that takes it in; then up puts the rest right", async () => {
  await using local = await LocalStack.start();
  const { access, buckets, folderId, deployer } = local.emulator.cloud;
  access.remove(folderId, { roleId: "storage.admin", subject: deployer });
  access.add(folderId, { roleId: "storage.editor", subject: deployer });
  const half = await local.failingUp();
  expect(half.output).toContain("storage.admin on folder");
  expect(importIn(half.output)).not.toBe("");
  expect(half.output).not.toContain("it goes on from what is already there");
  expect(buckets.find(bucketName)?.kmsMasterKeyId).toBeUndefined();

  access.add(folderId, { roleId: "storage.admin", subject: deployer });
  const { output } = await local.failingUp();
  expect(importIn(output)).toBe(importIn(half.output));
  await (await local.open()).follow(importIn(output));
  const { trail } = await local.up();
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(buckets.find(bucketName)?.kmsMasterKeyId).toBeDefined();
  await local.expectSettled();
  expect((await local.resources()).every(({ protect }) => protect)).toBe(true);
});

test("a service account and a trail that the stack forgot are taken in by the told commands", async () => {
  await using local = await LocalStack.start();
  await local.up();
  const stack = await local.open();
  const account = (await local.resources()).find(({ type }) => type.endsWith(":IamServiceAccount"));
  await stack.follow(`pulumi state delete '${account?.urn}' --force --yes --target-dependents`);
  for (const type of ["IamServiceAccount", "AuditTrailsTrail"]) {
    const { failed, output } = await local.failingUp();
    expect(failed).toContain(type);
    await stack.follow(importIn(output));
  }
  await local.up();
  await local.expectSettled();
});

test("a bucket of another stack is told as such, without a command to take it in", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const tags = ["project", "stack"].map((key) => ({ key: `pulumi-${key}`, value: "other" }));
  cloud.buckets.create(byDeployer(local.emulator), { name: bucketName, folderId: cloud.folderId, tags });
  const { output } = await local.failingUp();
  expect(output).toContain("It belongs to stack other of project other.");
  expect(output).toContain("choose another `bucketName`");
  expect(output).not.toContain("pulumi import");
});

test("who shuts itself out by the policy is told so, and an administrator of the policy leads back", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const colleague = { type: "userAccount", id: "colleague" };
  for (const [id, roles] of [
    [cloud.organizationId, deployerRoles.organization],
    [cloud.folderId, deployerRoles.folder],
  ] as const)
    for (const roleId of roles) cloud.access.add(id, { roleId, subject: colleague });
  await local.up();
  const access = { administrators: [colleague.id] };
  await local.failingUp({ access, maxSizeGiB: 5 });
  const { output } = await local.failingUp({ access, maxSizeGiB: 5 });
  expect(output).toContain("shut out by the policy of the bucket");
  expect(output).toContain("lets these accounts do everything: colleague");
  expect(output).not.toContain("storage.admin");

  const both = { maxSizeGiB: 5, access: { administrators: [colleague.id, cloud.deployer.id] } };
  await local.up(both, { token: local.emulator.issueToken(colleague) });
  await local.expectSettled(both);
});

test.each([
  ["folderId", "KmsSymmetricKey"],
  ["organizationId", "OrganizationmanagerOrganizationIamMember"],
])("a %s that does not exist is named", async (key, type) => {
  await using local = await LocalStack.start();
  const { failed, output } = await local.failingUp({ [key]: "b1gdoesnotexist" });
  expect(failed).toContain(type);
  expect(output).toContain(`There is no ${key} "b1gdoesnotexist"`);
});

test("an expired token is told as such, and is not shown", async () => {
  await using local = await LocalStack.start();
  const token = local.emulator.issueToken(undefined, { seconds: -1 });
  const { output } = await local.failingUp({}, { token });
  expect(output).toContain("The token is missing, wrong or expired");
  expect(output).not.toContain(token);
  expect(await local.resourceTypes()).toEqual([]);
});

test("without any credentials the message says so before anything is created", async () => {
  await using local = await LocalStack.start();
  const { output } = await local.failingUp({}, { token: "" });
  expect(output).toMatch(/token|service_account_key_file/);
  expect(await local.resourceTypes()).toEqual([]);
  expect(local.emulator.cloud.traffic.calls).toBe(0);
});

test("a configuration with faults lists them all and reaches neither state nor cloud", async () => {
  await using local = await LocalStack.start();
  const { output, failed } = await local.failingUp({ bucketName: "No", onRemoval: "No", bucket: "typo" });
  for (const text of ["3 faults", "bucketName: ", "onRemoval: ", "bucket: there is no such key"])
    expect(output).toContain(text);
  expect(failed).toEqual([]);
  expect(await local.resourceTypes()).toEqual([]);
  expect(local.emulator.cloud.traffic.calls).toBe(0);
});

test("AWS_CA_BUNDLE in the environment is told of once, before anything is created", async () => {
  await using local = await LocalStack.start();
  const { output, failed } = await local.failingUp({}, { environment: { AWS_CA_BUNDLE: "/etc/own-ca.pem" } });
  expect(output).toContain("The environment variable AWS_CA_BUNDLE is set (/etc/own-ca.pem)");
  expect(output).toContain("env -u AWS_CA_BUNDLE pulumi up");
  expect(output).not.toContain("LoadCustomCABundleError");
  expect(failed).toEqual([]);
  expect(local.emulator.cloud.traffic.calls).toBe(0);
});
