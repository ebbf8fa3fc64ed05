import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

/** Resources in the stack's state, by URN. */
export type LastState = Readonly<
  Record<string, { readonly type: string; readonly outputs: Readonly<Record<string, unknown>> }>
>;

/** States by run: one process may run several programs. */
const read = new WeakMap<object, Promise<LastState>>();

/** Reads the state that the last update left, once in a run. It is empty before the first update. */
export function readLastState(): Promise<LastState> {
  const run = pulumi.runtime.getMonitor() ?? {};
  const known = read.get(run) ?? readNow();
  read.set(run, known);
  return known;
}

/** Time between two attempts, in milliseconds. */
const pause = 50;
const attempts = 5;

/**
 * Reads the state. A state in local files is rewritten in place after each operation, so reading it at that moment fails
 * with `failed to load checkpoint: EOF`. Therefore a failed read is repeated.
 *
 * @throws {Error} if all attempts fail.
 */
async function readNow(): Promise<LastState> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  for (let attempt = 1; ; attempt++) {
    try {
      const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
        stackName,
      });
      return outputs ?? {};
    } catch (error) {
      if (attempt === attempts) throw error;
      await delay(pause);
    }
  }
}
