import { deployerRoles } from "../../emulator";
import { Api, setUpTrail } from "../support/api";
import { bucketName, byDeployer, LocalStack, sevenResources } from "../support/localStack";
import { standing } from "../support/standingStacks";

// The messages of each failure are tested with real errors in test/components/engine/failures.test.ts.

test("the message about a denied creation has the role, the place and the command for any error text, and then up continues", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  // Else its bindings may be there before the key is denied.
  cloud.faults.delay({ method: "ServiceAccountService/Create" }, 1_000);
  for (const [method, type, role] of [
    ["SymmetricKeyService/Create", "KmsSymmetricKey", "kms.admin"],
    ["FolderService/UpdateAccessBindings", "ResourcemanagerFolderIamMember", "resource-manager.admin"],
  ] as const) {
    cloud.faults.fail({ method }, "PERMISSION_DENIED", { message: "x" });
    const { failed, output } = await local.failingUp({ rolePropagationTimeoutSeconds: 0 });
    expect(failed).toEqual([type]);
    for (const text of [
      `${role} on folder ${cloud.folderId}`,
      `yc resource-manager folder add-access-binding --id ${cloud.folderId} --role ${role}`,
      "Then run the same command again",
    ])
      expect(output).toContain(text);
  }

  await local.up();
  expect(await local.resourceTypes()).toEqual(sevenResources);
  expect(cloud.tree.all()).toHaveLength(3 + 4);
});

test("the message about a trail whose existing bucket has an unnamed key has the key and the role, and up does not wait", async () => {
  await using local = await LocalStack.start();
  using api = new Api(local.emulator);
  const { cloud } = local.emulator;
  const { bucket, keyId, trailId } = await setUpTrail(local.emulator, api);
  await api.call("trails", "delete", { trailId });
  const existing = { bucketName: bucket, bucketFolderId: cloud.folderId };
  const { failed, output } = await local.failingUp({ ...existing, encryption: { key: "none" } });
  expect(failed).toEqual(["AuditTrailsTrail"]);
  expect(output).toContain(`no role kms.keys.encrypterDecrypter on key ${keyId}`);
  expect(output).toContain(`yc kms symmetric-key add-access-binding --id ${keyId}`);
  for (const text of ["Next attempt in", "The deploying account lacks", "no role storage.uploader"])
    expect(output).not.toContain(text);
});

test("a bucket name that is taken in another folder is reported as taken", async () => {
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
});

/** Returns the import command of a message. */
const importIn = (output: string): string => /pulumi import .*/.exec(output)?.[0] ?? "";

test("a bucket that a denial of Object Storage left incomplete is reported with the import command, and then up completes it", async () => {
  await using local = await LocalStack.start();
  const { access, buckets, folderId, deployer } = local.emulator.cloud;
  access.remove(folderId, { roleId: "storage.admin", subject: deployer });
  access.add(folderId, { roleId: "storage.editor", subject: deployer });
  const { output } = await local.failingUp();
  expect(output).toContain("storage.admin on folder");
  expect(output).not.toContain("it continues with the existing resources");
  expect(buckets.find(bucketName)?.kmsMasterKeyId).toBeUndefined();

  access.add(folderId, { roleId: "storage.admin", subject: deployer });
  await (await local.open()).follow(importIn(output));
  const { trail } = await local.up();
  expect(trail.trailStatus).toBe("ACTIVE");
  expect(buckets.find(bucketName)?.kmsMasterKeyId).toBeDefined();
  await local.expectSettled();
  expect((await local.resources()).every(({ protect }) => protect)).toBe(true);
});

test("a service account and a trail that the state lost are imported by the reported commands", async () => {
  await using local = await standing("default");
  const ids = async () => (await local.resources()).map(({ id }) => id).sort();
  const before = await ids();
  const stack = await local.open();
  const account = (await local.resources()).find(({ type }) => type.endsWith(":IamServiceAccount"));
  await stack.follow(`pulumi state delete '${account?.urn}' --force --yes --target-dependents`);
  for (const type of ["IamServiceAccount", "AuditTrailsTrail"]) {
    const { failed, output } = await local.failingUp();
    expect(failed).toContain(type);
    await stack.follow(importIn(output));
  }
  await local.expectSettled();
  expect(await ids()).toEqual(before);
});

test("a bucket of another stack is reported with its owner, and without an import command", async () => {
  await using local = await LocalStack.start();
  const { cloud } = local.emulator;
  const tags = ["project", "stack"].map((key) => ({ key: `pulumi-${key}`, value: "other" }));
  cloud.buckets.create(byDeployer(local.emulator), { name: bucketName, folderId: cloud.folderId, tags });
  const { output } = await local.failingUp();
  expect(output).toContain("It belongs to stack other of project other.");
  expect(output).toContain("choose another `bucketName`");
  expect(output).not.toContain("pulumi import");
});

test("a deployer that its own policy shuts out gets a message, and an administrator of the policy can correct it", async () => {
  await using local = await standing("default");
  const { cloud } = local.emulator;
  const colleague = { type: "userAccount", id: "colleague" };
  for (const [id, roles] of [
    [cloud.organizationId, deployerRoles.organization],
    [cloud.folderId, deployerRoles.folder],
  ] as const)
    for (const roleId of roles) cloud.access.add(id, { roleId, subject: colleague });
  const { output } = await local.failingUp({ access: { administrators: [colleague.id] } });
  expect(output).toContain("The policy of the bucket denies access");
  expect(output).toContain("allows everything to these accounts: colleague");
  expect(output).not.toContain("storage.admin");

  const both = { access: { administrators: [colleague.id, cloud.deployer.id] } };
  await local.up(both, { token: local.emulator.issueToken(colleague) });
  await local.expectSettled(both);
});

test("an expired token is reported as expired, and is not shown", async () => {
  await using local = await LocalStack.start();
  const token = local.emulator.issueToken(undefined, { seconds: -1 });
  const { output } = await local.failingUp({}, { token });
  expect(output).toContain("The token is missing, wrong or expired");
  expect(output).not.toContain(token);
  expect(await local.resourceTypes()).toEqual([]);
});

test("missing credentials are reported before anything is created", async () => {
  await using local = await LocalStack.start();
  const { output } = await local.failingUp({}, { token: "" });
  expect(output).toMatch(/token|service_account_key_file/);
  expect(await local.resourceTypes()).toEqual([]);
  expect(local.emulator.cloud.traffic.calls).toBe(0);
});

test("a configuration with faults lists them all and reaches neither state nor cloud", async () => {
  await using local = await LocalStack.start();
  const { output, failed } = await local.failingUp({ bucketName: "No", onRemoval: "No", bucket: "typo" });
  for (const text of ["3 errors", "bucketName: ", "onRemoval: ", "bucket: there is no such key"])
    expect(output).toContain(text);
  expect(failed).toEqual([]);
  expect(await local.resourceTypes()).toEqual([]);
  expect(local.emulator.cloud.traffic.calls).toBe(0);
});
