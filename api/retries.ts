import { status } from "@grpc/grpc-js";
import type { CloudApi } from "./connection";

/** How often a call is tried. */
const attempts = 3;
/** Milliseconds before the second attempt, on average; twice as many before each further one. */
const firstPause = 200;

/** What passes by itself. A call of which nothing is heard until its deadline is not made again. */
const passing: ReadonlySet<unknown> = new Set([status.UNAVAILABLE, status.RESOURCE_EXHAUSTED]);

/** The same cloud, for calls that change nothing: one that fails for what passes by itself is made again, at most twice. */
export function withRetries(cloud: CloudApi): CloudApi {
  return {
    ...cloud,
    async call(service, method, request) {
      for (let attempt = 1; ; attempt++)
        try {
          return await cloud.call(service, method, request);
        } catch (error) {
          if (attempt === attempts || !passing.has((error as { code?: unknown }).code)) throw error;
          // Jitter: callers that failed together do not come back together.
          const pause = firstPause * 2 ** (attempt - 1) * (0.5 + Math.random());
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
    },
  };
}
