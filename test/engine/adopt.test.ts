import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { hasTerraform, TerraformStack } from "../../bench/terraform";
import { deployerRoles } from "../../emulator";
import { stackFileOf } from "../../local/state";
import { ensureToolchain } from "../../toolchain";
import { adopt, adoptLine, begin, configFileOf, expectAdopted, up, whatOf } from "../support/adoption";
import { bucketRequest, keyRequest, setUpTrail, trailRequest } from "../support/api";
import { runKilled } from "../support/kills";
import { sevenResources } from "../support/localStack";
import { interruptPet } from "../support/pending";

test("what the guide sets up comes in as it is, and a second run has nothing to do", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId, bucket } = await setUpTrail(local.emulator, api);
  local.emulator.cloud.clock.advance({ minutes: 5 });
  expect(local.emulator.cloud.objects.keys(bucket, "").length).toBeGreaterThan(0);

  const told = await adopt(local, stack, [trailId]);
  expect(told).toMatchObject({ exitCode: 0, refusals: [], onlyUsed: [], left: [] });
  expect(told.imported).toHaveLength(sevenResources.length);
  expect(whatOf(told)).toEqual([
    "Key key gets no new versions: its rotation is off.",
    "Key key may be deleted: its deletion protection is off.",
    "Key key encrypts with AES_128.",
    "Bucket audit-logs keeps no old versions: overwritten and deleted logs are lost.",
    "Bucket audit-logs keeps the parts of unfinished uploads for ever.",
  ]);
  const file = readFileSync(configFileOf(local), "utf8");
  expect(file).toContain("# nothing flaps here");
  expect(parse(file).config).toMatchObject({
    "yandex-audit-trails:adopted": "true",
    "yandex-audit-trails:retention": { preset: "guide", versioning: false },
  });
  const state = () => JSON.stringify(stack.state());
  const before = state();
  expect(await adopt(local, stack, [trailId], "")).toMatchObject({
    ...{ exitCode: 0, configuration: {}, imported: [], left: [] },
  });
  expect(state()).toBe(before);
  await expectAdopted(local, stack, sevenResources);

  // When it is no longer said to be taken over, it gets the stack's marks, and the defaults of what is unsaid.
  await stack.follow(`pulumi config rm adopted --stack dev --config-file '${configFileOf(local)}'`);
  await up(local, stack);
  expect(local.emulator.cloud.keys.all()[0]).toMatchObject({
    ...{ labels: { "pulumi-stack": "dev" }, rotationPeriod: expect.anything(), deletionProtection: false },
  });

  // The trails of another set-up belong into another stack.
  const { cloud } = local.emulator;
  const accountId = cloud.serviceAccounts.all()[0]?.id ?? "";
  await api.call("trails", "create", { ...trailRequest(local.emulator, bucket, accountId), name: "other" });
  const otherId = cloud.trails.all().find(({ name }) => name === "other")?.id ?? "";
  expect((await adopt(local, stack, [otherId])).refusals).toContain(
    `The stack has trail ${trailId} already, as audit-trails-trail, which is no part of this set-up. Name all of its trails, or use another stack.`,
  );
});

test("other names, labels, prefix, folders and rules stay as they are; a run that was killed goes on", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { cloud } = local.emulator;
  const { cloudId, folderId, deployer } = cloud;
  const other = "b1gotherfolder";
  cloud.tree.put({ type: "resource-manager.folder", id: other, name: "other", parentId: cloudId });
  for (const roleId of deployerRoles.folder) cloud.access.add(other, { roleId, subject: deployer });
  cloud.access.add(cloudId, { roleId: "resource-manager.viewer", subject: deployer });

  const labels = { team: "security" };
  await api.call("keys", "create", {
    ...keyRequest(folderId, "Key of the logs"),
    ...{ labels, description: "Mine", defaultAlgorithm: 3, deletionProtection: true },
  });
  const keyId = cloud.keys.all()[0]?.id ?? "";
  await api.call("serviceAccounts", "create", {
    folderId,
    name: "writer",
    description: "Writes",
    labels: {},
  });
  const accountId = cloud.serviceAccounts.all()[0]?.id ?? "";
  await api.call("buckets", "create", {
    ...bucketRequest(folderId, "acme.logs"),
    tags: [{ key: "team", value: "security" }],
  });
  cloud.buckets.put({
    ...cloud.buckets.require("acme.logs"),
    kmsMasterKeyId: keyId,
    versioning: "VERSIONING_ENABLED",
    lifecycleRules: [{ id: "old", enabled: true, filter: { prefix: "tmp/" }, expiration: { days: 9 } }],
    cors: [{ id: "viewer", allowedMethods: ["METHOD_GET"], allowedOrigins: ["https://acme.test"] }],
  });
  for (const id of [folderId, other]) await api.bind("folders", id, "audit-trails.viewer", accountId);
  await api.bind("folders", folderId, "storage.uploader", accountId);
  await api.bind("folders", folderId, "storage.admin", accountId);
  await api.bind("keys", keyId, "kms.keys.encrypterDecrypter", accountId);
  await api.call("trails", "create", {
    ...trailRequest(local.emulator, "acme.logs", accountId, "audit"),
    ...{ name: "payments", description: "Of payments", labels },
    filteringPolicy: {
      managementEventsFilter: {
        resourceScopes: [folderId, other].map((id) => ({ id, type: "resource-manager.folder" })),
      },
      dataEventsFilters: [
        { service: "kms", resourceScopes: [{ id: other, type: "resource-manager.folder" }] },
      ],
    },
  });
  const trailId = cloud.trails.all()[0]?.id ?? "";

  const run = () => stack.follow(adoptLine(local, [trailId], "--yes"));
  const killed = await runKilled(
    local,
    stack,
    { config: {}, run },
    {
      ...{ moment: "after", method: "BucketService/Get", after: 2 },
    },
  );
  expect(killed).toContain("BucketService/Get");
  const told = await adopt(local, stack, [trailId], "--yes --engine-ended");
  // The first run had written it.
  expect(told.configuration).toEqual({});
  expect(told).toMatchObject({ exitCode: 0, refusals: [], onlyUsed: [], left: [] });
  expect(whatOf(told)).toEqual([
    "Key Key of the logs gets no new versions: its rotation is off.",
    "Bucket acme.logs keeps the parts of unfinished uploads for ever.",
    "Bucket acme.logs deletes logs: rules old.",
    expect.stringContaining("lifecycle rules (old) that the configuration cannot say"),
    `Service account ${accountId} has role storage.admin on folder ${folderId}, which no trail needs.`,
  ]);
  const five = ["AuditTrailsTrail", "IamServiceAccount", "KmsSymmetricKey", "KmsSymmetricKeyIamMember"];
  await expectAdopted(local, stack, [
    ...five,
    "StorageBucket",
    ...Array(3).fill("ResourcemanagerFolderIamMember"),
  ]);
  expect(cloud.keys.all()[0]).toMatchObject({ labels, description: "Mine" });
});

(hasTerraform() ? test : test.skip)(
  "what the public Terraform module makes comes in, without a change of its bucket and its key",
  async () => {
    const { local, stack, api } = await begin();
    await using _local = local;
    using _api = api;
    const { cloud } = local.emulator;
    const { folderId, organizationId } = cloud;
    const accountId = await api.createServiceAccount("audit");
    await api.bind("organizations", organizationId, "audit-trails.viewer", accountId);
    const terraform = new TerraformStack(
      local.folder,
      await ensureToolchain(() => {}),
      local.emulator,
      likeTheModule({ folderId, organizationId, accountId }),
    );
    await terraform.apply();
    const bucketBefore = cloud.buckets.all();
    const told = await adopt(local, stack, [cloud.trails.all()[0]?.id ?? ""]);
    const keyId = cloud.keys.all()[0]?.id;
    expect(told).toMatchObject({ exitCode: 1, refusals: [], onlyUsed: [] });
    expect(told.left).toEqual([
      expect.stringContaining(
        `is granted role kms.keys.encrypterDecrypter on key ${keyId}, which it has not there`,
      ),
    ]);
    expect(whatOf(told)).toEqual([
      expect.stringContaining("may be deleted: its deletion protection is off."),
      expect.stringContaining("keeps the parts of unfinished uploads for ever."),
      expect.stringContaining("deletes logs: rules cleanupoldlogs."),
      expect.stringContaining("lifecycle rules (cleanupoldlogs) that the configuration cannot say"),
      `Service account ${accountId} has role kms.keys.encrypter on key ${keyId}, which no trail needs.`,
    ]);
    await up(local, stack);
    expect(cloud.buckets.all()).toEqual(bucketBefore);
    await expectAdopted(local, stack, sevenResources);
  },
);

/** Resources in the shape of terraform-yc-modules/terraform-yc-audit-trails 1.0.1, whose account its user brings. */
const likeTheModule = (ids: { folderId: string; organizationId: string; accountId: string }): string => `
resource "yandex_kms_symmetric_key" "logs" {
  folder_id           = "${ids.folderId}"
  name                = "kms-key"
  default_algorithm   = "AES_256"
  rotation_period     = "8760h"
  deletion_protection = false
}
resource "yandex_storage_bucket" "logs" {
  folder_id     = "${ids.folderId}"
  bucket        = "audit-trail-organization-a1b2"
  force_destroy = true
  versioning { enabled = true }
  lifecycle_rule {
    id      = "cleanupoldlogs"
    enabled = true
    expiration { days = 1095 }
  }
  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        kms_master_key_id = yandex_kms_symmetric_key.logs.id
        sse_algorithm     = "aws:kms"
      }
    }
  }
}
resource "yandex_resourcemanager_folder_iam_member" "uploader" {
  folder_id = "${ids.folderId}"
  role      = "storage.uploader"
  member    = "serviceAccount:${ids.accountId}"
}
resource "yandex_kms_symmetric_key_iam_binding" "encrypter" {
  symmetric_key_id = yandex_kms_symmetric_key.logs.id
  role             = "kms.keys.encrypter"
  members          = ["serviceAccount:${ids.accountId}"]
}
resource "yandex_audit_trails_trail" "organization" {
  folder_id          = "${ids.folderId}"
  name               = "organization"
  description        = "Made by Terraform"
  labels             = { env = "prod" }
  service_account_id = "${ids.accountId}"
  storage_destination {
    bucket_name   = yandex_storage_bucket.logs.bucket
    object_prefix = "organization"
  }
  filtering_policy {
    management_events_filter {
      resource_scope {
        resource_id   = "${ids.organizationId}"
        resource_type = "organization-manager.organization"
      }
    }
  }
  depends_on = [yandex_resourcemanager_folder_iam_member.uploader, yandex_kms_symmetric_key_iam_binding.encrypter]
}
`;

test("what cannot be taken over is refused with all reasons, and without agreement nothing is done", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId } = await setUpTrail(local.emulator, api);
  const file = readFileSync(configFileOf(local), "utf8");
  const unchanged = () => {
    expect(readFileSync(configFileOf(local), "utf8")).toBe(file);
    expect(stack.state().resources).toEqual([]);
  };
  expect(await adopt(local, stack, [trailId], "")).toMatchObject({ exitCode: 1, imported: [] });
  unchanged();

  writeFileSync(
    configFileOf(local),
    file.replace("config:", "config:\n  yandex-audit-trails:bucketName: other"),
  );
  expect(await adopt(local, stack, [trailId])).toMatchObject({
    exitCode: 3,
    refusals: [
      "The stack's configuration says bucketName: other; what is there is audit-logs. Take it out, or use another stack: " +
        "pulumi config rm bucketName",
    ],
  });
  writeFileSync(configFileOf(local), file);
  const stateFile = stackFileOf(local.folder);
  const whole = readFileSync(stateFile, "utf8");
  interruptPet(local);
  expect(await adopt(local, stack, [trailId])).toMatchObject({
    exitCode: 3,
    refusals: [expect.stringContaining('"creating" of pet was interrupted.')],
  });
  writeFileSync(stateFile, whole);
  local.emulator.cloud.buckets.remove("audit-logs");
  expect(await adopt(local, stack, [trailId, "cnpnone"])).toMatchObject({
    exitCode: 3,
    refusals: [
      "There is no trail cnpnone that may be read.",
      "Bucket audit-logs does not exist, or may not be read.",
    ],
  });
  unchanged();
});

test("for a stack that does not exist yet, the profile of yc gives the credentials", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const profile = join(local.folder, ".config", "yandex-cloud");
  mkdirSync(profile, { recursive: true });
  const token = local.emulator.issueToken();
  writeFileSync(join(profile, "config.yaml"), stringify({ current: "own", profiles: { own: { token } } }));
  const line =
    `HOME='${local.folder}' YC_TOKEN= npm exec --no -- audit-trails adopt --stack unmade --trail cnpnone ` +
    `--backup '${join(local.folder, "backup")}' || test $? -eq 3`;
  expect(await stack.follow(line)).toContain("There is no trail cnpnone that may be read.");
});
