import { setTimeout as delay } from "node:timers/promises";
import type { Operation } from "@yandex-cloud/nodejs-sdk/operation/operation";
import type { CloudApi } from "./connection";
import { CloudFailure } from "./failures";

/** Milliseconds between two looks at an operation. */
const pause = 1000;
/** Milliseconds until an operation that does not end is given up. */
const patience = 60_000;

/**
 * Waits for the end of what a call began.
 *
 * @throws {ServiceError} if the operation cannot be read.
 * @throws {Error} if it failed, or has not ended within a minute.
 */
export async function finished(operation: Operation, cloud: CloudApi): Promise<void> {
  const { OperationServiceService } = await import("@yandex-cloud/nodejs-sdk/operation/operation_service");
  const end = Date.now() + patience;
  let latest = operation;
  while (!latest.done) {
    if (Date.now() > end) throw new CloudFailure(`Operation ${operation.id} has not ended within a minute`);
    await delay(pause);
    latest = await cloud.call("operation", OperationServiceService.get, { operationId: operation.id });
  }
  if (latest.error) throw new CloudFailure(`Operation ${operation.id} failed: ${latest.error.message}`);
}
