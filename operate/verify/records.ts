import { z } from "zod";
import type { Contents, ObjectReader, Version } from "../../api/objects";

/** Any part of a record may be missing, or be of another kind. */
const perhaps = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const text = perhaps(z.string());

/** A record of the audit log: https://yandex.cloud/en/docs/audit-trails/concepts/format */
const recordSchema = z.object({
  event_id: z.string(),
  event_type: z.string(),
  event_time: z.string(),
  event_status: text,
  error: z.unknown().optional(),
  authentication: perhaps(z.object({ subject_type: text, subject_id: text, subject_name: text })),
  request_metadata: perhaps(z.object({ remote_address: text, request_id: text })),
  resource_metadata: perhaps(z.object({ path: perhaps(z.array(z.object({ resource_id: text }))) })),
  details: perhaps(z.record(z.string(), z.unknown())),
});

export type LogRecord = z.infer<typeof recordSchema> & {
  /** When it happened, milliseconds since 1970. */
  readonly at: number;
  /** The object that it was delivered in. */
  readonly delivered: Version;
};

/** What log objects hold. */
export interface Records {
  /** Each event once, the oldest first. */
  readonly records: readonly LogRecord[];
  readonly objects: readonly Contents[];
  /** Keys of objects that hold something else than records. */
  readonly unreadable: readonly string[];
}

/** Reads log objects. @throws {Error} the client's error if one cannot be got. */
export async function readRecords(reader: ObjectReader, versions: readonly Version[]): Promise<Records> {
  const objects = await reader.read(versions);
  const byId = new Map<string, LogRecord>();
  const unreadable: string[] = [];
  for (const { text, version } of objects) {
    const records = recordsIn(text);
    if (!records) unreadable.push(version.key);
    for (const record of records ?? [])
      if (!byId.has(record.event_id))
        byId.set(record.event_id, { ...record, at: Date.parse(record.event_time), delivered: version });
  }
  const records = [...byId.values()].sort((one, other) => one.at - other.at);
  return { records, objects, unreadable };
}

function recordsIn(text: string): z.infer<typeof recordSchema>[] | undefined {
  try {
    return z.array(recordSchema).safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Who did what a record tells of. */
export function whoOf({ authentication, request_metadata }: LogRecord): string {
  const { subject_type: type = "somebody", subject_id: id, subject_name: name } = authentication ?? {};
  const address = request_metadata?.remote_address;
  const who = [type.toLowerCase().replaceAll("_", " "), name !== id && name, id].filter(Boolean).join(" ");
  return `${who}${address ? ` from ${address}` : ""}`;
}

/**
 * The cloud's own doings show this address, and nobody: what it does in somebody's name is theirs.
 * https://yandex.cloud/en/docs/audit-trails/concepts/format
 */
export const isByCloud = ({ authentication, request_metadata }: LogRecord): boolean =>
  request_metadata?.remote_address === "cloud.yandex" && authentication?.subject_id === undefined;

/** Whether what was asked for was done. */
export const isDone = ({ event_status, error }: LogRecord): boolean =>
  event_status !== "ERROR" && event_status !== "CANCELLED" && error === undefined;
