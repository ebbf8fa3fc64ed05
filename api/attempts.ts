import { setTimeout as delay } from "node:timers/promises";
import { type ServiceError, status } from "@grpc/grpc-js";

/** Maximum number of attempts at a call. */
const attempts = 4;
/** Maximum pause before the second attempt, in milliseconds. The maximum doubles before each further attempt. */
const firstPause = 400;

/** Status codes of temporary failures, after which a retry may succeed. */
const passing = new Set([status.UNAVAILABLE, status.ABORTED, status.RESOURCE_EXHAUSTED]);

const isPassing = (error: unknown): boolean => passing.has((error as Partial<ServiceError>).code as status);

/** Returns the pause after a failed attempt, in milliseconds. It grows with each attempt and is partly random. */
export const pauseAfter = (attempt: number): number =>
  firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2);

/** Makes a call and repeats it after temporary failures. Use it only for calls that the service may process twice. */
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
