import * as pulumi from "@pulumi/pulumi";
import { AuditTrails, Encryption, KeyAlgorithm } from "yandex-audit-trails";

const config = new pulumi.Config();
const bucketName = config.require("bucketName");
const paymentsFolderId = config.require("paymentsFolderId");

const { trails } = new AuditTrails("audit", {
  organizationId: config.require("organizationId"),
  folderId: config.require("folderId"),
  bucketName,
  labels: { team: "security" },
  trails: {
    // Who configured what, everywhere.
    organization: {},
    // Who read which secret, in the same bucket under a prefix of its own.
    secrets: {
      objectPrefix: "secrets",
      managementEvents: false,
      dataEvents: { lockbox: {} },
    },
    // All that happens in one folder, with nothing shared: other people read these logs.
    payments: {
      folders: { payments: paymentsFolderId },
      dataEvents: { kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] } },
      bucketName: `${bucketName}-payments`,
      encryption: { key: Encryption.New, keyAlgorithm: KeyAlgorithm.Aes256, keyRotationPeriod: "2160h" },
      serviceAccountName: "payments-audit",
      labels: { team: "payments" },
    },
  },
});

export const logs = Object.fromEntries(
  Object.entries(trails).map(([key, { bucketName, objectKeyPrefix }]) => [
    key,
    pulumi.interpolate`${bucketName}/${objectKeyPrefix}`,
  ]),
);
