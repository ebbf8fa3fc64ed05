import { setTimeout as delay } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";
import { type Connection, canConnect, readTrail, type TrailState } from "../cloud/trails";
import { isMocked } from "./engine";

const pause = 2;

/**
 * Waits until a trail is ACTIVE, and fails the update if it does not get there. It says nothing of delivery, which only
 * the first log object proves.
 *
 * @param shown Status as the provider shows it: all there is in a preview, or without credentials.
 * @param timeout Seconds; 0 for not looking at all.
 * @returns the status in the end.
 */
export async function requireActive(trailId: string, shown: string, timeout: number): Promise<string> {
  if (timeout === 0 || pulumi.runtime.isDryRun() || isMocked()) return shown;
  const connection = connectionOfProvider();
  const read = () => readTrail(trailId, connection);
  const trail = canConnect(connection)
    ? await waitForActive(read, timeout).catch((error: Error) => unreadable(error, shown))
    : { status: shown, statusErrorMessage: "" };
  if (trail.status === "ERROR") await pulumi.log.error(explanationOf(trailId, trail.statusErrorMessage));
  return trail.status;
}

async function waitForActive(read: () => Promise<TrailState>, timeout: number): Promise<TrailState> {
  let told = false;
  for (const deadline = Date.now() + timeout * 1000; ; await delay(pause * 1000)) {
    const trail = await read();
    if (trail.status === "ACTIVE" || Date.now() + pause * 1000 > deadline) return trail;
    if (!told)
      await pulumi.log.info(
        `Waiting until the trail is ACTIVE, ${timeout} s at most; it is ${trail.status}.`,
      );
    told = true;
  }
}

async function unreadable(
  error: Error,
  shown: string,
): Promise<{ status: string; statusErrorMessage: string }> {
  await pulumi.log.warn(
    `The trail's status could not be read, so it is taken from the provider: ${error.message}`,
  );
  return { status: shown, statusErrorMessage: "" };
}

/** What the provider is given: its configuration, else the environment. */
function connectionOfProvider(): Connection {
  const config = new pulumi.Config("yandex");
  return {
    endpoint: config.get("endpoint") || process.env.YC_ENDPOINT,
    token: config.get("token") || process.env.YC_TOKEN,
    serviceAccountKeyFile: config.get("serviceAccountKeyFile") || process.env.YC_SERVICE_ACCOUNT_KEY_FILE,
  };
}

/** Causes and remedies: https://yandex.cloud/en/docs/audit-trails/operations/error */
const explanationOf = (trailId: string, reason: string): string =>
  `The trail is in status ERROR: no log is delivered.${reason && ` The service says: "${reason}".`} Its service account may ` +
  "have lost a role (audit-trails.viewer on the organization, storage.uploader on the bucket's folder, " +
  "kms.keys.encrypterDecrypter on the key), the bucket may be gone, full or closed by a policy, or its key inactive. Put " +
  "it right within 72 hours: events are delivered that far back. A few minutes later the trail is ACTIVE again " +
  `(yc audit-trails trail get ${trailId}); then run: pulumi up --refresh`;
