import { touchEvent, touchServiceAccount } from "../../api/accountTouch";
import type { CloudApi } from "../../api/connection";
import { failureText, isCloudFailure, unlessCloudFails } from "../../api/failures";
import { cloudOfFolder } from "../../api/hierarchy";
import { ObjectReader } from "../../api/objects";
import { requireServiceAccount } from "../../api/serviceAccounts";
import { monthOf, unitPrefix } from "../logs/keys";
import { type LogRecord, type Records, readRecords, unreadLines } from "./auditRecords";
import { type Check, counted, lengthOf, minute, timeOf } from "./check";
import type { TrailMemory } from "./memory";
import type { TrailTarget } from "./target";

/** Clock and output for the wait. Tests use a clock of their own. */
export interface Surroundings {
  now(): number;
  pause(milliseconds: number): Promise<void>;
  /** Prints the current action. */
  progress(text: string): void;
}

/** An event that verify caused and searches for. */
export type Awaited = NonNullable<TrailMemory["awaited"]>;

export interface DeliveryResult {
  readonly check: Check;
  /** The caused event; absent if it was delivered. */
  readonly awaited?: Awaited;
}

const name = "delivery";
/** Milliseconds between two listings of the bucket. */
const interval = 15_000;
/** Twice the five minutes between deliveries, in milliseconds. A longer delay is late. */
export const late = 10 * minute;
/** Maximum difference between the clocks of this machine and of the cloud, in milliseconds. */
const skew = minute;

/** Causes an event, waits for it in a log object, and checks the encryption of that object. */
export async function proveDelivery(
  target: TrailTarget,
  keyId: string | undefined,
  patience: number,
  cloud: CloudApi,
  around: Surroundings,
): Promise<DeliveryResult> {
  const unknown = (text: string): DeliveryResult => ({ check: { name, result: "unknown", text } });
  let awaited: Awaited;
  try {
    const account = await requireServiceAccount(target.accountId, cloud);
    const why = await notCollected(target, account.folderId, cloud);
    if (why) return unknown(`Delivery cannot be proven: ${why}`);
    // Taken before the call. If the service reports no time, this one is early enough.
    const began = around.now();
    const { requestId, at } = await touchServiceAccount(account, cloud);
    const caused = at?.getTime() ?? began;
    awaited = { requestId, from: caused - skew, to: caused + skew };
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    return unknown(
      `Delivery cannot be proven, because verify could not cause an event. Its update of account ${target.accountId}, ` +
        `which changes nothing, failed: ${failureText(error)}. The update needs role iam.serviceAccounts.admin on the account.`,
    );
  }
  try {
    return await waitFor(target, awaited, keyId, patience, cloud, around);
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    return {
      ...unknown(`Delivery cannot be proven: the log objects cannot be read. ${failureText(error)}`),
      awaited,
    };
  }
}

/** Returns the reason why the trail would not collect the event; undefined if it would. */
async function notCollected(
  { collected, accountId }: TrailTarget,
  folderId: string,
  cloud: CloudApi,
): Promise<string | undefined> {
  const scopes = collected.flatMap(({ kind, scope }) => (kind === "management" ? (scope ?? []) : []));
  if (scopes.length === 0) return "the event would be a management event, and the trail collects none.";
  // An account is always in the organization of its trail.
  if (scopes.some((scope) => scope.startsWith("organization "))) return undefined;
  if (scopes.includes(`folder ${folderId}`)) return undefined;
  const clouds = scopes.filter((scope) => scope.startsWith("cloud "));
  if (clouds.length > 0) {
    const holder = await unlessCloudFails(cloudOfFolder(folderId, cloud), failureText);
    if (clouds.includes(`cloud ${holder}`)) return undefined;
  }
  return `the event would be about account ${accountId} in folder ${folderId}, but the trail collects from ${scopes.join(", ")}.`;
}

/** Checks whether a record is the caused event: by the request's id, or by its contents if there is none. */
export function isAwaited({ requestId, from, to }: Awaited, accountId: string, record: LogRecord): boolean {
  const id = record.request_metadata?.request_id;
  if (requestId && id) return requestId === id;
  const isAbout = record.details?.service_account_id === accountId;
  return record.event_type === touchEvent && isAbout && record.at >= from && record.at <= to;
}

async function waitFor(
  target: TrailTarget,
  awaited: Awaited,
  keyId: string | undefined,
  patience: number,
  cloud: CloudApi,
  around: Surroundings,
): Promise<DeliveryResult> {
  const { keyPrefix, accountId, bucketName } = target;
  using reader = await ObjectReader.open(bucketName, cloud);
  const began = around.now();
  // Keys of a month sort after the name of its folder.
  const after = unitPrefix(keyPrefix, monthOf(awaited.from));
  const seen = new Set<string>();
  let others = 0;
  let unread: Records["unread"] = [];
  let reported = -1;
  for (;;) {
    const versions = [...(await reader.versions(keyPrefix, after)).values()].flat();
    const fresh = versions.filter(
      ({ key, versionId, isDeleteMarker, at }) =>
        !isDeleteMarker && at >= awaited.from && !seen.has(`${key} ${versionId}`),
    );
    const { records, objects, unread: failed } = await readRecords(reader, fresh);
    // Without permission to read any object, waiting is useless.
    if (failed[0] && objects.length === 0) throw failed[0].failure;
    unread = [...unread, ...failed];
    for (const { key, versionId } of fresh) seen.add(`${key} ${versionId}`);
    const found = records.find((record) => isAwaited(awaited, accountId, record));
    if (found) {
      const { kmsKeyId } = objects.find(({ version }) => version.key === found.delivered.key) ?? {};
      return { check: arrived(found, kmsKeyId, keyId, causedAt(awaited)) };
    }
    others += records.filter(({ at }) => at > causedAt(awaited)).length;
    const waited = around.now() - began;
    if (waited >= patience) return { check: missing(awaited, waited, others, unread), awaited };
    if (Math.floor(waited / minute) > reported) {
      reported = Math.floor(waited / minute);
      around.progress(
        `Waiting for an event in a log object of trail ${target.name}: ${lengthOf(waited)} of ${lengthOf(patience)} at most.`,
      );
    }
    await around.pause(Math.min(interval, patience - waited));
  }
}

const causedAt = ({ from }: Awaited): number => from + skew;

function arrived(
  { event_id: id, delivered }: LogRecord,
  objectKeyId: string | undefined,
  keyId: string | undefined,
  caused: number,
): Check {
  const lag = delivered.at - caused;
  const text = `Event ${id}, caused at ${timeOf(caused)}, was delivered ${lengthOf(lag)} later in ${delivered.key}`;
  if (keyId && objectKeyId !== keyId)
    return {
      name,
      result: "bad",
      text: `${text}, which is ${objectKeyId ? `encrypted with key ${objectKeyId}` : "not encrypted"}; the bucket's key is ${keyId}.`,
    };
  const how = keyId ? `, encrypted with key ${keyId}.` : ", not encrypted.";
  return lag > late
    ? { name, result: "info", text: `${text}${how} That is late: deliveries come every five minutes.` }
    : { name, result: "good", text: `${text}${how}` };
}

function missing(awaited: Awaited, waited: number, others: number, unread: Records["unread"]): Check {
  const which = `The event of request ${awaited.requestId ?? "(no id)"}, caused at ${timeOf(causedAt(awaited))},`;
  const beside =
    others > 0
      ? ` But ${counted(others, "later event")} ${others === 1 ? "was" : "were"} delivered.`
      : " No later event was delivered either.";
  const text = `${which} was not delivered within ${lengthOf(waited)}.${beside}`;
  if (waited < late)
    return {
      name,
      result: "unknown",
      text: `${text} Deliveries come every five minutes: wait at least ${lengthOf(late)} (--wait).`,
    };
  if (unread.length > 0)
    return {
      name,
      result: "unknown",
      text: `${text} It may be in an object that cannot be read.`,
      details: unreadLines(unread),
    };
  return {
    name,
    result: "bad",
    text: `${text} It may be late; run again with the same --since file, which searches for it.`,
  };
}
