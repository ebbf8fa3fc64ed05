import * as pulumi from "@pulumi/pulumi";
import { AuditTrails } from "yandex-audit-trails";

const config = new pulumi.Config();

const { trails } = new AuditTrails("audit", {
  organizationId: config.require("organizationId"),
  folderId: config.require("folderId"),
  bucketName: config.require("bucketName"),
});

export const logs = trails.organization?.objectKeyPrefix;
