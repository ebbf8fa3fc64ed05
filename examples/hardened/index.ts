import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { AuditTrails, ObjectLockMode, RetentionPreset } from "yandex-audit-trails";

const config = new pulumi.Config();
const folderId = config.require("folderId");
const bucketName = config.require("bucketName");

/** Reads the logs for people who investigate incidents. */
const investigator = new yandex.IamServiceAccount("investigator", { folderId, name: "investigator" });

const { trails } = new AuditTrails("audit", {
  organizationId: config.require("organizationId"),
  folderId,
  bucketName,
  // Old versions of logs go after the same time.
  retention: { preset: RetentionPreset.Year, expireAfterDays: 3 * 365 },
  // A stack without logs that matter is the place to find out whether the first log object arrives with this.
  objectLock: { mode: ObjectLockMode.Governance, days: 90 },
  // A full bucket stops its trail, so this is a brake for mistakes and not a budget.
  maxSizeGiB: 500,
  accessLogsBucketName: `${bucketName}-requests`,
  access: {
    // The account that runs Pulumi is one of them.
    administrators: config.requireObject<string[]>("administrators"),
    readers: [investigator.id],
  },
});

// A policy only admits accounts that also have a role.
const roles = { reads: "storage.viewer", decrypts: "kms.keys.decrypter" };
for (const [name, role] of Object.entries(roles))
  new yandex.ResourcemanagerFolderIamMember(`investigator-${name}`, {
    folderId,
    role,
    member: pulumi.interpolate`serviceAccount:${investigator.id}`,
  });

export const logs = trails.organization?.objectKeyPrefix;
