import { readFileSync, writeFileSync } from "node:fs";
import { hasTerraform, TerraformStack } from "../../tools/bench/terraform";
import { ensureToolchain } from "../../tools/toolchain";
import { adopt, begin, configFileOf, expectAdopted, up, whatOf } from "../support/adoption";
import { bucketRequest, s3, setUpTrail, trailRequest } from "../support/api";
import { sevenResources } from "../support/localStack";

test("an unencrypted set-up with an inherited role is imported into a new stack, and the update grants only the role", async () => {
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
  const file = readFileSync(configFileOf(local), "utf8");
  writeFileSync(
    configFileOf(local),
    file.replace("config:", "config:\n  yandex-audit-trails:bucketName: other"),
  );
  const refused = await adopt(local, [cloud.trails.all()[0]?.id ?? ""]);
  expect(refused).toMatchObject({ exitCode: 3, imported: [], configuration: {} });
  expect(refused.refusals[0]).toContain("The stack's configuration says bucketName: other");
  writeFileSync(configFileOf(local), file);

  const reported = await adopt(local, [cloud.trails.all()[0]?.id ?? ""]);
  expect(reported.exitCode).toBe(1);
  expect(reported.left).toEqual([
    `pulumi up grants service account ${accountId} role audit-trails.viewer on organization ${organizationId}, which it does not ` +
      `have there; it has audit-trails.editor on organization ${organizationId} instead.`,
  ]);
  expect(reported.weaknesses[0]).toEqual({
    what: "Bucket plain-logs is not encrypted.",
    correction: "pulumi config set --path encryption.key new && pulumi up   # encrypts new logs",
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

test("a bucket with other data, and its key, are used and not imported", async () => {
  const { local, stack, api } = await begin();
  await using _local = local;
  using _api = api;
  const { trailId, bucket, keyId } = await setUpTrail(local.emulator, api);
  const { cloud } = local.emulator;
  cloud.clock.advance({ minutes: 5 });
  expect((await s3(local.emulator, "PUT", `/${bucket}/invoices/1.pdf`, { body: "1" })).status).toBe(200);
  const reported = await adopt(local, [trailId]);
  expect(reported).toMatchObject({ exitCode: 0, refusals: [], left: [] });
  expect(reported.onlyUsed).toEqual([
    `The stack uses bucket ${bucket} but does not manage it: it holds other data than the trails' logs, such as invoices/1.pdf.`,
    `The stack uses key ${keyId} but does not manage it: the stack does not manage bucket ${bucket}, which the key encrypts.`,
  ]);
  expect(reported.configuration).toMatchObject({
    bucketFolderId: cloud.folderId,
    encryption: { key: "existing", keyId },
  });
  await expectAdopted(
    local,
    stack,
    sevenResources.filter((type) => type !== "StorageBucket" && type !== "KmsSymmetricKey"),
  );
});

(hasTerraform() ? test : test.skip)(
  "the set-up of the public Terraform module is imported without a change of its bucket and its key",
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
    const reported = await adopt(local, [cloud.trails.all()[0]?.id ?? ""]);
    // The module grants the narrower role of the vendor's newer pages, which is a choice of roles.
    expect(reported).toMatchObject({ exitCode: 0, refusals: [], onlyUsed: [], left: [] });
    expect(reported.configuration).toMatchObject({ roles: { key: "encrypter" } });
    expect(whatOf(reported)).toEqual([
      expect.stringContaining("may be deleted: its deletion protection is off."),
      expect.stringContaining("keeps the parts of unfinished uploads forever."),
      expect.stringContaining("deletes logs: rules cleanupoldlogs."),
      expect.stringContaining("lifecycle rules (cleanupoldlogs) that the configuration cannot express"),
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
