import * as pulumi from "@pulumi/pulumi";
import { AuditTrails, Encryption } from "yandex-audit-trails";

const config = new pulumi.Config();

const { trails } = new AuditTrails("audit", {
  organizationId: config.require("organizationId"),
  folderId: config.require("folderId"),
  bucketName: config.require("bucketName"),
  encryption: { key: Encryption.None },
});

export const logs = trails.organization?.objectKeyPrefix;
