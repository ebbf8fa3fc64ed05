import { AuditTrails, type AuditTrailsArgs } from "./components";
import { programComponent } from "./components/auditTrails/plan";
import type { Settings } from "./settings/schema";

/** What settings say to the component: all but what is the program's own business. */
export function argumentsIn({
  protected: _protected,
  preflight: _preflight,
  ...args
}: Settings): AuditTrailsArgs {
  return args;
}

/** Builds the stack. The one entry for `pulumi up` and for programs that drive the engine themselves. */
export function buildStack(settings: Settings) {
  const { trails } = new AuditTrails(programComponent, argumentsIn(settings), {
    protect: settings.protected,
  });
  return { trails };
}
