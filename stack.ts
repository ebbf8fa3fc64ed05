import { OrganizationAuditTrail } from "./components";
import type { Settings } from "./config";

/** Builds the stack. The one entry for `pulumi up` and for programs that drive the engine themselves. */
export function buildStack(settings: Settings) {
  const { trailId, trailStatus, bucketName, bucketUrl, keyId, serviceAccountId, objectKeyPrefix } =
    new OrganizationAuditTrail("organization-audit-trail", settings, { protect: settings.protected });
  return { trailId, trailStatus, bucketName, bucketUrl, keyId, serviceAccountId, objectKeyPrefix };
}
