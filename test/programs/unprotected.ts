import { AuditTrails } from "../../components";
import { readSettings } from "../../settings/read";

/** A program that uses the component with an option that leaves protection open. */
const { organizationId, folderId, bucketName } = readSettings();
new AuditTrails("audit", { organizationId, folderId, bucketName }, { protect: undefined });
