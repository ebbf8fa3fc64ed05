import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";
import { AuditTrails, Encryption } from "yandex-audit-trails";

const config = new pulumi.Config();
const organizationId = config.require("organizationId");
const folderId = config.require("folderId");

// What others made. It is only used: of this stack are the trail, and the account's roles.
const existing = new AuditTrails("organization", {
  organizationId,
  folderId,
  bucketName: config.require("existingBucketName"),
  bucketFolderId: config.require("existingBucketFolderId"),
  encryption: { key: Encryption.Existing, keyId: config.require("existingKeyId") },
  serviceAccountId: config.require("existingServiceAccountId"),
});

// What this program makes itself. None of these ids is known in the first preview.
const payments = new yandex.ResourcemanagerFolder("payments", {
  cloudId: config.require("cloudId"),
  name: "payments",
});
const key = new yandex.KmsSymmetricKey("key", {
  folderId,
  name: "payments-logs",
  rotationPeriod: "8760h0m0s",
});
const account = new yandex.IamServiceAccount("account", { folderId, name: "payments-logs" });

const made = new AuditTrails("payments", {
  organizationId,
  folderId,
  bucketName: config.require("bucketName"),
  encryption: { key: Encryption.Existing, keyId: key.id },
  serviceAccountId: account.id,
  trails: { folder: { folders: { payments: payments.id } } },
});

export const logs = {
  organization: existing.trails.organization?.objectKeyPrefix,
  payments: made.trails.folder?.objectKeyPrefix,
};
