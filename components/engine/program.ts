import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/**
 * Checks whether the program runs with Pulumi's mocks. These accept error hooks and then fail on them, and there is no
 * cloud behind them. Programs that use the components must stay testable.
 */
export function isMocked(): boolean {
  const monitor = pulumi.runtime.getMonitor();
  return monitor !== undefined && !("registerErrorHook" in monitor);
}

/**
 * Returns a function that runs a task in the program's current asynchronous context. In a plugin, the engine calls
 * hooks outside of that context, where the engine cannot be reached for logs.
 */
export const programContext = (): (<T>(task: () => T) => T) => AsyncLocalStorage.snapshot();

/**
 * Checks whether the program is a function that the Automation API runs. Such a run has its own asynchronous store, as a plugin
 * has. It fails if it logs an error.
 */
export function isInline(): boolean {
  const { asyncLocalStorage } = globalThis as { readonly asyncLocalStorage?: AsyncLocalStorage<unknown> };
  return asyncLocalStorage?.getStore() !== undefined && pulumi.runtime.getStackResource() !== undefined;
}

/**
 * Waits at most ten seconds for a check in the cloud. The limit matters because the engine's operation waits too, and a preview
 * may have no cloud.
 */
export const withPatience = <T>(reading: Promise<T>): Promise<T | undefined> =>
  Promise.race([reading, delay(10_000, undefined, { ref: false })]);
