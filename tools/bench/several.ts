import { AuditTrails } from "../../components";
import { readSettings } from "../../settings/read";

/** Program with several organization trails that share nothing. The variable `SIZE` sets their number. */
const { organizationId, folderId } = readSettings();
for (let i = 0; i < Number(process.env.SIZE); i += 1)
  new AuditTrails(`trail-${i}`, {
    organizationId,
    folderId,
    bucketName: `audit-logs-${i}`,
    activeWindowSeconds: 0,
  });
