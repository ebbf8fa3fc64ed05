import { AuditTrails } from "../../components";
import { readSettings } from "../../settings/read";

/** Several organization trails that share nothing: as many as `SIZE` says. */
const { organizationId, folderId } = readSettings();
for (let i = 0; i < Number(process.env.SIZE); i += 1)
  new AuditTrails(`trail-${i}`, {
    organizationId,
    folderId,
    bucketName: `audit-logs-${i}`,
    activeWindowSeconds: 0,
  });
