import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Emulator } from "../../emulator";
import type { Toolchain } from "../toolchain";

const run = promisify(execFile);

/** Checks whether Terraform is installed. */
export const hasTerraform = (): boolean => spawnSync("terraform", ["version"]).status === 0;

/** Terraform configuration on the same provider and cloud. */
export class TerraformStack {
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    private readonly folder: string,
    toolchain: Toolchain,
    emulator: Emulator,
    resources = guide(emulator),
  ) {
    writeFileSync(join(folder, "main.tf"), `${requirement}${resources}`);
    const cli = join(folder, "terraform.rc");
    writeFileSync(
      cli,
      `provider_installation {\n  dev_overrides { "yandex-cloud/yandex" = "${dirname(toolchain.provider)}" }\n  direct {}\n}\n`,
    );
    this.environment = { ...process.env, ...emulator.providerEnvironment(), TF_CLI_CONFIG_FILE: cli };
  }

  apply(): Promise<unknown> {
    return this.terraform("apply", "-auto-approve");
  }

  plan(...options: string[]): Promise<unknown> {
    return this.terraform("plan", "-detailed-exitcode", ...options);
  }

  private terraform(...options: string[]): Promise<unknown> {
    return run("terraform", [...options, "-input=false", "-no-color"], {
      cwd: this.folder,
      env: this.environment,
    });
  }
}

const requirement = `
terraform {
  required_providers { yandex = { source = "yandex-cloud/yandex" } }
}
`;

/** Returns the seven resources of the vendor's guide in Terraform, the reference of the benchmark. */
const guide = ({ cloud: { organizationId, folderId } }: Emulator) => `
resource "yandex_kms_symmetric_key" "this" {
  folder_id         = "${folderId}"
  name              = "key"
  default_algorithm = "AES_256"
  rotation_period   = "8760h"
}
resource "yandex_storage_bucket" "this" {
  folder_id = "${folderId}"
  bucket    = "terraform-audit-logs"
  server_side_encryption_configuration {
    rule {
      apply_server_side_encryption_by_default {
        kms_master_key_id = yandex_kms_symmetric_key.this.id
        sse_algorithm     = "aws:kms"
      }
    }
  }
}
resource "yandex_iam_service_account" "this" {
  folder_id = "${folderId}"
  name      = "terraform-account"
}
resource "yandex_organizationmanager_organization_iam_member" "this" {
  organization_id = "${organizationId}"
  role            = "audit-trails.viewer"
  member          = "serviceAccount:\${yandex_iam_service_account.this.id}"
}
resource "yandex_resourcemanager_folder_iam_member" "this" {
  folder_id = "${folderId}"
  role      = "storage.uploader"
  member    = "serviceAccount:\${yandex_iam_service_account.this.id}"
}
resource "yandex_kms_symmetric_key_iam_member" "this" {
  symmetric_key_id = yandex_kms_symmetric_key.this.id
  role             = "kms.keys.encrypterDecrypter"
  member           = "serviceAccount:\${yandex_iam_service_account.this.id}"
}
resource "yandex_audit_trails_trail" "this" {
  folder_id          = "${folderId}"
  name               = "terraform-trail"
  service_account_id = yandex_iam_service_account.this.id
  storage_destination { bucket_name = yandex_storage_bucket.this.bucket }
  filtering_policy {
    management_events_filter {
      resource_scope {
        resource_id   = "${organizationId}"
        resource_type = "organization-manager.organization"
      }
    }
  }
  depends_on = [
    yandex_organizationmanager_organization_iam_member.this,
    yandex_resourcemanager_folder_iam_member.this,
    yandex_kms_symmetric_key_iam_member.this,
  ]
}
`;
