import { setTimeout as delay } from "node:timers/promises";
import { type ServiceError, status } from "@grpc/grpc-js";
import type { CloudApi } from "./connection";

/** Attempts at a call. */
const attempts = 4;
/** Milliseconds before the second attempt at most; twice as many before each further one. */
const firstPause = 400;

/** What a moment later may go well. */
const passing = new Set([status.UNAVAILABLE, status.ABORTED, status.RESOURCE_EXHAUSTED]);

/** A cloud whose calls are tried again after what passes by itself. Only for calls that may be worked on twice. */
export const retried = (cloud: CloudApi): CloudApi => ({
  ...cloud,
  async call(...args) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await cloud.call(...args);
      } catch (error) {
        if (attempt === attempts || !passing.has((error as ServiceError).code)) throw error;
        await delay(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random() / 2));
      }
    }
  },
});
