import * as pulumi from "@pulumi/pulumi";
import { AuditTrails } from "yandex-audit-trails";

const config = new pulumi.Config();
const organizationId = config.require("organizationId");
const folderId = config.require("folderId");
const bucketName = config.require("bucketName");

const audit = new AuditTrails("audit", { organizationId, folderId, bucketName }, { protect: true });
export const trails = audit.trails;
