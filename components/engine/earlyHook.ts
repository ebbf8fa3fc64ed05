import * as pulumi from "@pulumi/pulumi";
import { isMocked, programContext } from "./program";

/**
 * Returns a hook that runs before a resource is created or updated, also in a preview. With Pulumi's mocks there is none.
 *
 * @param kinds Operations before which it runs.
 * @param name Name of the hook, unique in the stack.
 * @param run Runs in the program's asynchronous context. If it throws, the operation fails.
 */
export function earlyHook(
  kinds: readonly ("beforeCreate" | "beforeUpdate")[],
  name: string,
  run: (args: pulumi.ResourceHookArgs) => Promise<void>,
): pulumi.ResourceHookBinding {
  if (isMocked()) return {};
  const inProgram = programContext();
  const hook = new pulumi.ResourceHook(name, (args) => inProgram(() => run(args)), { onDryRun: true });
  return Object.fromEntries(kinds.map((kind) => [kind, [hook]]));
}
