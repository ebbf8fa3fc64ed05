import { failureText } from "../../api/failures";
import type { ObjectReader, Version } from "../../api/objects";
import { isObject, ofKinds } from "../logs/fit";
import type { AuditEvent } from "../logs/record";
import { minute } from "./check";

/** Log record with only those members whose values have the documented type. */
export interface LogRecord extends Omit<AuditEvent, "error"> {
  readonly event_id: string;
  readonly event_type: string;
  /** Error of any type. */
  readonly error?: unknown;
  /** Time of the event, in milliseconds since 1970. It is the delivery time if the record has no time, or an impossible one. */
  readonly at: number;
  /** Log object that contains the record. */
  readonly delivered: Version;
}

/** An object that was read. */
interface ReadObject {
  readonly version: Version;
  /** The key that encrypts it; absent if none does. */
  readonly kmsKeyId?: string;
  /** Records in it that no other object had before. */
  readonly records: readonly LogRecord[];
}

/** An object or a record that does not have the form of audit logs. */
interface Oddity {
  readonly version: Version;
  readonly text: string;
  /** True if the whole object is invalid, not a single record. */
  readonly isWhole: boolean;
}

/** Contents of log objects. */
export interface Records {
  /** Records without repeated events, oldest first. */
  readonly records: readonly LogRecord[];
  readonly objects: readonly ReadObject[];
  readonly odd: readonly Oddity[];
  /** Objects that could not be read, with the errors. */
  readonly unread: readonly { readonly version: Version; readonly failure: unknown }[];
}

/** Largest object that is read, in bytes. A trail writes every five minutes. */
const largest = 64 * 2 ** 20;

/** Milliseconds by which a record may be later than its delivery, because clocks differ. */
const skew = 5 * minute;

/** Reads log objects. Invalid and unreadable objects are listed, and do not stop the reading. */
export async function readRecords(reader: ObjectReader, versions: readonly Version[]): Promise<Records> {
  const found: { version: Version; kmsKeyId?: string; records: LogRecord[] }[] = [];
  const odd: Oddity[] = [];
  const unread: { version: Version; failure: unknown }[] = [];
  for (const version of versions)
    if (version.size > largest)
      odd.push({ version, text: `is too large to be read: ${version.size} bytes`, isWhole: true });
  await reader.read(
    versions.filter(({ size }) => size <= largest),
    ({ version, kmsKeyId, text }) => {
      const { records, faults, isWhole } = recordsIn(text, version);
      found.push({ version, kmsKeyId, records });
      for (const fault of faults) odd.push({ version, text: fault, isWhole });
    },
    (version, failure) => unread.push({ version, failure }),
  );
  // An event that was delivered twice counts in the first object.
  const seen = new Set<string>();
  const objects = found.sort(byTime).map(({ records, ...object }) => ({
    ...object,
    records: records.filter(({ event_id }) => seen.size < seen.add(event_id).size),
  }));
  const records = objects.flatMap((object) => object.records).sort((one, other) => one.at - other.at);
  return { records, objects, odd: odd.sort(byTime), unread: unread.sort(byTime) };
}

const byTime = (one: { readonly version: Version }, other: { readonly version: Version }): number =>
  one.version.at - other.version.at || (one.version.key < other.version.key ? -1 : 1);

/** Reads the records of an object, and lists its faults. */
function recordsIn(
  text: string,
  version: Version,
): { records: LogRecord[]; faults: string[]; isWhole: boolean } {
  const faults: string[] = [];
  const list = listIn(text);
  if (typeof list === "string") return { records: [], faults: [list], isWhole: true };
  const records = list.flatMap((item: unknown, i): LogRecord[] => {
    const data = isObject(item) ? ofKinds(item) : undefined;
    const fault = (what: string) => faults.push(`has a record ${what} (number ${i + 1})`);
    if (!data?.event_type) {
      fault(data ? "without event_type" : "that is not an object");
      return [];
    }
    const { event_id, event_type } = data;
    const { error, event_time } = item as Readonly<Record<string, unknown>>;
    if (!event_id) fault("without event_id");
    const time = typeof event_time === "string" ? Date.parse(event_time) : Number.NaN;
    const isTime = time <= version.at + skew;
    if (!isTime) fault(`whose event_time is ${timeFault(event_time, time)}`);
    const id = event_id || `${version.key} ${version.versionId} ${i}`;
    return [{ ...data, error, event_id: id, event_type, at: isTime ? time : version.at, delivered: version }];
  });
  return { records, faults, isWhole: false };
}

function timeFault(given: unknown, time: number): string {
  if (typeof given !== "string") return "missing";
  const shown = JSON.stringify(given.slice(0, 50));
  return Number.isNaN(time) ? `not a time: ${shown}` : `later than its delivery: ${shown}`;
}

/** Returns the list in an object, or the reason why it has none. */
function listIn(text: string): readonly unknown[] | string {
  if (text.trim() === "") return "is empty";
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : "is JSON, but not a list of records";
  } catch {
    return "is not JSON";
  }
}

/** Returns a line for each reason why objects could not be read. */
export function unreadLines(unread: Records["unread"]): string[] {
  const causes = new Map<string, Version[]>();
  for (const { version, failure } of unread) {
    const cause = failureText(failure).replace(/ \(request [^)]*\)$/, "");
    causes.set(cause, [...(causes.get(cause) ?? []), version]);
  }
  return [...causes].map(([cause, [first, ...others]]) => {
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return `${first?.key}${more} cannot be read. ${cause}.`;
  });
}

/** Describes the subject of a record. */
export function whoOf({ authentication, request_metadata }: LogRecord): string {
  const { subject_type: type = "somebody", subject_id: id, subject_name: name } = authentication ?? {};
  const address = request_metadata?.remote_address;
  const who = [type.toLowerCase().replaceAll("_", " "), name !== id && name, id].filter(Boolean).join(" ");
  return `${who}${address ? ` from ${address}` : ""}`;
}

/**
 * Checks whether the cloud itself caused an event. Such a record has the cloud's own address and no subject.
 * https://yandex.cloud/en/docs/audit-trails/concepts/format
 */
export const isByCloud = ({ authentication, request_metadata }: LogRecord): boolean =>
  request_metadata?.remote_address === "cloud.yandex" && authentication?.subject_id === undefined;

/** Checks whether the requested operation succeeded. */
export const isDone = ({ event_status, error }: LogRecord): boolean =>
  event_status !== "ERROR" && event_status !== "CANCELLED" && error === undefined;

/** Returns all texts in a record's details, with their member names. It does not recurse: outsiders may nest details deeply. */
export function textsIn(details: LogRecord["details"]): { readonly name: string; readonly text: string }[] {
  const texts: { name: string; text: string }[] = [];
  const open: { name: string; value: unknown }[] = [{ name: "", value: details }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { name, value } = next;
    if (typeof value === "string") texts.push({ name, text: value });
    else if (Array.isArray(value)) for (const item of value) open.push({ name, value: item });
    else if (typeof value === "object" && value !== null)
      for (const [member, item] of Object.entries(value)) open.push({ name: member, value: item });
  }
  return texts;
}
