import { setTimeout as delay } from "node:timers/promises";
import type { Operation } from "@yandex-cloud/nodejs-sdk/operation/operation";
import type { CloudApi } from "./connection";
import { CloudFailure } from "./failures";

/** Pause between two requests for the state of an operation, in milliseconds. */
const pause = 1000;
/** Maximum time to wait for the end of an operation, in milliseconds. */
const patience = 60_000;

/**
 * Waits until an operation ends.
 *
 * @throws {ServiceError} if the operation cannot be read.
 * @throws {Error} if the operation failed, or did not end within a minute.
 */
export async function finished(operation: Operation, cloud: CloudApi): Promise<void> {
  const { OperationServiceService } = await import("@yandex-cloud/nodejs-sdk/operation/operation_service");
  const end = Date.now() + patience;
  let latest = operation;
  while (!latest.done) {
    if (Date.now() > end) throw new CloudFailure(`Operation ${operation.id} did not end within a minute`);
    await delay(pause);
    latest = await cloud.call("operation", OperationServiceService.get, { operationId: operation.id });
  }
  if (latest.error) throw new CloudFailure(`Operation ${operation.id} failed: ${latest.error.message}`);
}
