import type { Operation } from "@yandex-cloud/nodejs-sdk/operation/operation";
import type { CloudApi } from "./connection";

/** Milliseconds between two looks, and for all of them. */
const pause = 1000;
const patience = 60_000;

/**
 * Waits for what a call started.
 *
 * @throws {Error} with the service's code and words if it failed, or if it is not done in a minute.
 */
export async function finished(started: Operation, cloud: CloudApi): Promise<void> {
  const { OperationServiceService } = await import("@yandex-cloud/nodejs-sdk/operation/operation_service");
  const end = Date.now() + patience;
  let operation = started;
  while (!operation.done) {
    if (Date.now() > end)
      throw new Error(`The operation ${operation.id} was not done in ${patience / 1000} seconds.`);
    await new Promise((resolve) => setTimeout(resolve, pause));
    operation = await cloud.call("operation", OperationServiceService.get, { operationId: operation.id });
  }
  const { error } = operation;
  if (error) throw new Error(`The operation ${operation.id} failed: ${error.message} (code ${error.code})`);
}
