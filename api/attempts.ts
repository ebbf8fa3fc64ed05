import { setTimeout as delay } from "node:timers/promises";
import { type ServiceError, status } from "@grpc/grpc-js";

/** Attempts at a call. */
const attempts = 4;
/** Milliseconds before the second attempt at most; twice as many before each further one. */
const firstPause = 400;

/** Status codes of failures that a retry may mend. */
const passing = new Set([status.UNAVAILABLE, status.ABORTED, status.RESOURCE_EXHAUSTED]);

const isPassing = (error: unknown): boolean => passing.has((error as Partial<ServiceError>).code as status);

/** Milliseconds to wait after a failed attempt: longer each time, and not the same for all who wait. */
export const pauseAfter = (attempt: number): number =>
  firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);

/** Makes a call, and makes it again after what passes by itself. Only for calls that may be worked on twice. */
export async function afterPauses<T>(call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      if (attempt === attempts || !isPassing(error)) throw error;
      await delay(pauseAfter(attempt));
    }
  }
}
