import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { isNotFound } from "../../api/failures";
import { partsOf, readTrail, type TrailState } from "../../api/trails";
import { trailRoles } from "../roles";
import { describeFault } from "./faultSentences";
import { isInline, isMocked } from "./program";
import { openCloudOf } from "./providerConnection";
import { findTrailFaults } from "./trailFaults";

/** Settings of the check that a trail is ACTIVE. */
interface Patience {
  /** @default 60 */
  readonly activeTimeoutSeconds?: number;
  /** @default 10 */
  readonly activeWindowSeconds?: number;
}

const pause = 2;
/** Minutes after a change in which a trail must prove that it works: the time between two deliveries. */
const recently = 5;

/** Checks whether an update checks trails at all. */
const checksStatus = ({ activeTimeoutSeconds }: Patience): boolean =>
  activeTimeoutSeconds !== 0 && !pulumi.runtime.isDryRun() && !isMocked();

/**
 * Opens the connection for {@link requireActive} early, while the engine waits for other resources. If this fails, the
 * error appears when the connection is used.
 */
export function prepareCheck(component: pulumi.Resource, patience: Patience): void {
  if (checksStatus(patience)) openCloudOf(component).catch(() => {});
}

/**
 * Waits until a trail is ACTIVE. A trail that was changed a moment ago must also stay ACTIVE. Otherwise the update
 * fails. The status does not prove delivery: only the first log object does.
 *
 * @param component Resource whose provider is used.
 * @param shown Status as the provider shows it. It is the result in a preview, or if the check is disabled.
 * @returns the status at the end; `UNKNOWN` if it could not be read.
 */
export async function requireActive(
  component: pulumi.Resource,
  trailId: string,
  shown: string,
  patience: Patience,
): Promise<string> {
  if (!checksStatus(patience)) return shown;
  const { activeTimeoutSeconds = 60, activeWindowSeconds = 10 } = patience;
  try {
    const cloud = await openCloudOf(component);
    const trail = await waitForActive(
      () => readTrail(trailId, cloud),
      activeTimeoutSeconds,
      activeWindowSeconds,
    );
    if (trail.status !== "ACTIVE") {
      const parts = partsOf(trail);
      const faults = await findTrailFaults(parts, cloud).catch(() => []);
      failUpdate(
        explanationOf(
          trailId,
          trail,
          faults.map((fault) => describeFault(fault, parts)),
        ),
      );
    }
    return trail.status;
  } catch (error) {
    if (isNotFound(error)) {
      failUpdate(
        `The trail ${trailId} does not exist any more: no log is delivered. It was deleted outside of this stack. To ` +
          "recreate it, run: pulumi up --refresh",
      );
      return "DELETED";
    }
    await pulumi.log.warn(
      `The status of the trail could not be read: ${(error as Error).message}. Check it with: yc audit-trails trail get ` +
        trailId,
    );
    return "UNKNOWN";
  }
}

async function waitForActive(
  read: () => Promise<TrailState>,
  timeout: number,
  window: number,
): Promise<TrailState> {
  let isReported = false;
  let activeSince: number | undefined;
  for (const deadline = Date.now() + timeout * 1000; ; ) {
    const trail = await read();
    const now = Date.now();
    activeSince = trail.status === "ACTIVE" ? (activeSince ?? now) : undefined;
    if (activeSince !== undefined) {
      const left = wasChangedRecently(trail) ? activeSince + window * 1000 - now : 0;
      if (left <= 0) return trail;
      await delay(Math.min(left, pause * 1000));
      continue;
    }
    if (now + pause * 1000 > deadline) return trail;
    if (!isReported)
      await pulumi.log.info(
        `Waiting up to ${timeout} s until the trail is ACTIVE. Its status is ${trail.status}.`,
      );
    isReported = true;
    await delay(pause * 1000);
  }
}

/**
 * Makes the update fail at its end, with a message for people. An error that is thrown here would leave the stack's
 * outputs unchanged, with an old status.
 */
function failUpdate(message: string): void {
  // Other stacks may run in this process. An uncaught error would fail all of them.
  if (isInline()) {
    void pulumi.log.error(message);
    return;
  }
  // After an error that is only logged, Pulumi's runner ends with exit code 0.
  const error = new pulumi.RunError(message);
  // The runner prints this text for an uncaught error.
  error.stack = message;
  void Promise.reject(error);
}

const wasChangedRecently = ({ updatedAt }: TrailState): boolean =>
  updatedAt !== undefined && Date.parse(updatedAt) > Date.now() - recently * 60_000;

/** Explains the status of a trail. Causes and remedies: https://yandex.cloud/en/docs/audit-trails/operations/error */
function explanationOf(
  trailId: string,
  { status, statusErrorMessage: reason }: TrailState,
  found: readonly string[],
): string {
  const causes =
    found.length > 0
      ? `Found:\n${found.map((fault) => `  - ${fault}`).join("\n")}\n`
      : `Its service account may have lost a role (${trailRoles.scope} on the scopes, ${trailRoles.bucket} on the bucket's ` +
        `folder, ${trailRoles.key} on the key). The bucket may be deleted or full, or its policy may deny access. The key may be inactive. `;
  return (
    `The trail is in status ${status}: no log is delivered.${reason && ` The service says: "${reason}".`} ${causes}Correct ` +
    "this within 72 hours: then the service also delivers the events since the fault. Wait some minutes until the trail is ACTIVE " +
    `(yc audit-trails trail get ${trailId}). Then run: pulumi up --refresh`
  );
}
