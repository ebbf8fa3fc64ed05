import { AuditTrails, type AuditTrailsArgs } from "./components";
import { programComponent } from "./components/auditTrails/plan";
import type { Settings } from "./settings/schema";

/** Returns the component's arguments: all settings except those of the program itself. */
export function argumentsIn({
  protected: _protected,
  preflight: _preflight,
  ...args
}: Settings): AuditTrailsArgs {
  return args;
}

/** Builds the stack, for `pulumi up` and for programs that use the Automation API. */
export function buildStack(settings: Settings) {
  const { trails } = new AuditTrails(programComponent, argumentsIn(settings), {
    protect: settings.protected,
  });
  return { trails };
}
