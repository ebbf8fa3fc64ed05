import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { hasTerraform, TerraformStack } from "../../bench/terraform";
import { deployerRoles } from "../../emulator";
import type { CliStack } from "../../local/cli";
import { ensureToolchain } from "../../toolchain";
import { Api, bucketRequest, keyRequest, s3, setUpTrail, trailRequest } from "../support/api";
import { runKilled, withPulumi } from "../support/kills";
import { LocalStack, sevenResources, typeOf } from "../support/localStack";

/** What somebody has written into the stack's configuration already. */
const ownConfiguration = `# Mine
config:
  yandex-audit-trails:activeWindowSeconds: "0" # nothing flaps here
`;

/** A cloud without audit trails, and a stack without resources. */
async function begin() {
  const local = await LocalStack.start();
  const stack = await local.open({}, await withPulumi());
  const salt = /^encryptionsalt: .*$/m.exec(readFileSync("Pulumi.dev.yaml", "utf8"))?.[0];
  writeFileSync(configFileOf(local), `${ownConfiguration}${salt}\n`);
  return { local, stack, api: new Api(local.emulator) };
}

const configFileOf = (local: LocalStack): string => join(local.folder, "Pulumi.dev.yaml");

interface Told {
  readonly exitCode: number;
  readonly refusals: readonly string[];
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  readonly onlyUsed: readonly string[];
  readonly weaknesses: readonly { readonly what: string; readonly mend: string }[];
  readonly left?: readonly string[];
}

const adoptLine = (local: LocalStack, trailIds: readonly string[], options: string): string =>
  `npm exec --no -- audit-trails adopt --stack dev --config-file '${configFileOf(local)}' ` +
  `--backup '${join(local.folder, "backup")}' ${trailIds.map((id) => `--trail ${id}`).join(" ")} ${options}`;

/** Runs the command, which writes nothing to the cloud. */
async function adopt(
  local: LocalStack,
  stack: CliStack,
  trailIds: readonly string[],
  options = "--yes",
): Promise<Told> {
  const { auditLog } = local.emulator.cloud;
  const before = auditLog.lastSequence;
  const log = join(local.folder, "adopt.log");
  const output = await stack.follow(
    `${adoptLine(local, trailIds, `${options} --json`)} 2>'${log}' || test $? -le 3`,
  );
  expect(auditLog.lastSequence).toBe(before);
  if (!output) throw new Error(readFileSync(log, "utf8"));
  return JSON.parse(output);
}

/** What `pulumi up --refresh` changes, with the configuration that was written. */
async function up(local: LocalStack, stack: CliStack, options = ""): Promise<string> {
  return stack.follow(
    `pulumi up --yes --skip-preview --refresh ${options} --stack dev --non-interactive --color never ` +
      `--config-file '${configFileOf(local)}'`,
  );
}

/** An `up` changes nothing, all is protected, and what holds logs stays when it leaves the stack. */
async function expectAdopted(local: LocalStack, stack: CliStack, types: readonly string[]): Promise<void> {
  const resources = stack.state().resources.filter(({ type }) => type.startsWith("yandex:")) as readonly {
    readonly urn: string;
    readonly protect?: boolean;
    readonly retainOnDelete?: boolean;
    readonly dependencies?: readonly string[];
  }[];
  expect(resources.map(({ urn }) => typeOf(urn)).sort()).toEqual([...types].sort());
  for (const { urn, protect, retainOnDelete = false } of resources) {
    expect([urn, protect]).toEqual([urn, true]);
    expect([urn, retainOnDelete]).toEqual([urn, /:(StorageBucket|KmsSymmetricKey)::/.test(urn)]);
  }
  const { auditLog } = local.emulator.cloud;
  const before = auditLog.lastSequence;
  await up(local, stack, "--expect-no-changes");
  expect(auditLog.lastSequence).toBe(before);
}

const whatOf = ({ weaknesses }: Told): string[] => weaknesses.map(({ what }) => what);

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
  expect(killed).toBe(true);
  const told = await adopt(local, stack, [trailId], "--yes --engine-ended");
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

test("unencrypted, with a role from further up, into a new stack: the role is all that an update grants", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { cloud } = local.emulator;
  const { folderId, organizationId } = cloud;
  await api.call("buckets", "create", bucketRequest(folderId, "plain-logs"));
  const accountId = await api.createServiceAccount("account");
  const subject = { type: "serviceAccount", id: accountId };
  cloud.access.add(organizationId, { roleId: "audit-trails.editor", subject });
  await api.bind("folders", folderId, "storage.uploader", accountId);
  await api.call("trails", "create", trailRequest(local.emulator, "plain-logs", accountId));
  await stack.follow("pulumi stack rm dev --yes --preserve-config --non-interactive");

  const told = await adopt(local, stack, [cloud.trails.all()[0]?.id ?? ""]);
  expect(told.exitCode).toBe(1);
  expect(told.left).toEqual([
    `Service account ${accountId} is granted role audit-trails.viewer on organization ${organizationId}, which it has ` +
      `not there: it has audit-trails.editor on organization ${organizationId} instead.`,
  ]);
  expect(told.weaknesses[0]).toEqual({
    what: "Bucket plain-logs is not encrypted.",
    mend: "pulumi config set --path encryption.key new && pulumi up   # encrypts new logs",
  });
  const { auditLog } = cloud;
  const before = auditLog.lastSequence;
  await up(local, stack);
  expect(auditLog.lastSequence).toBe(before + 1);
  expect(cloud.access.list(organizationId)).toContainEqual({
    roleId: "audit-trails.viewer",
    subject,
  });
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

test("a bucket with other data is only used, and so is its key", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId, bucket, keyId } = await setUpTrail(local.emulator, api);
  const { cloud } = local.emulator;
  cloud.clock.advance({ minutes: 5 });
  expect((await s3(local.emulator, "PUT", `/${bucket}/invoices/1.pdf`, { body: "1" })).status).toBe(200);
  const told = await adopt(local, stack, [trailId]);
  expect(told).toMatchObject({ exitCode: 0, refusals: [], left: [] });
  expect(told.onlyUsed).toEqual([
    `Bucket ${bucket} is only used and not managed: it holds other data than the trails' logs, such as invoices/1.pdf.`,
    `Key ${keyId} is only used and not managed: bucket ${bucket}, which it encrypts, is only used.`,
  ]);
  expect(told.configuration).toMatchObject({
    bucketFolderId: cloud.folderId,
    encryption: { key: "existing", keyId },
  });
  await expectAdopted(
    local,
    stack,
    sevenResources.filter((type) => type !== "StorageBucket" && type !== "KmsSymmetricKey"),
  );
});

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
