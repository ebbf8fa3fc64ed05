import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/**
 * Whether the program runs against Pulumi's mocks. They claim error hooks and then fail on them, and there is no cloud
 * behind them: programs that use the components must stay testable.
 */
export function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor();
  return monitor !== undefined && !("registerErrorHook" in monitor);
}

/**
 * What runs a task in the program's asynchronous context as it is now. Where the component runs in a plugin, the engine calls
 * hooks outside of that context, and there is no engine to log to.
 */
export const programContext = (): (<T>(task: () => T) => T) => AsyncLocalStorage.snapshot();

/**
 * Whether the program is a function that the Automation API runs. Such a run has a store of its own, as that of a plugin has,
 * and fails for each error that it logs.
 */
export function isInline(): boolean {
  const { asyncLocalStorage } = globalThis as { readonly asyncLocalStorage?: AsyncLocalStorage<unknown> };
  return asyncLocalStorage?.getStore() !== undefined && pulumi.runtime.getStackResource() !== undefined;
}

/**
 * What a look at the cloud gives that an operation waits for, also in a preview, which may have no cloud: five seconds at most.
 */
export const withPatience = <T>(look: Promise<T>): Promise<T | undefined> =>
  Promise.race([look, delay(5000, undefined, { ref: false })]);
