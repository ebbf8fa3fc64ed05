import { AuditTrails } from "./components";
import type { Settings } from "./settings/schema";

/** Builds the stack. The one entry for `pulumi up` and for programs that drive the engine themselves. */
export function buildStack({ protected: protect, preflight: _, ...args }: Settings) {
  const { trails } = new AuditTrails("audit-trails", args, { protect });
  return { trails };
}
