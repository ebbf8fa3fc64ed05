import type { LogObject } from "./logs";
import type { StackState, StateResource } from "./state";

/** Outputs of the stack about a trail. */
export interface TrailReport {
  readonly trailId: string;
  readonly trailStatus: string;
  readonly bucketName: string;
  readonly objectKeyPrefix: string;
}

/** Returns a report after a deployment, as plain text. */
export function reportOf(state: StackState, trail: TrailReport, log: LogObject): string {
  const resources = state.resources.filter(({ type }) => type.startsWith("yandex:"));
  const kind = (type: string) => type.split(":").at(-1) ?? type;
  const isBinding = ({ inputs }: StateResource) => inputs?.role !== undefined;

  return [
    `Resources (${resources.length})`,
    ...columns(resources.map(({ type, id = "" }) => [kind(type), id])),
    "",
    "Roles of the trail's service account",
    ...columns(
      resources
        .filter(isBinding)
        .map(({ id = "", inputs }) => [inputs?.role ?? "", `on ${id.split("/")[0]}`]),
    ),
    "",
    `Trail ${trail.trailId} is ${trail.trailStatus}.`,
    "",
    `Newest log object: ${trail.bucketName}/${log.key}`,
    `  ${log.size} bytes, ${log.encryptedWith ? `decrypted with key ${log.encryptedWith}` : "not encrypted"}, ${log.events.length} events:`,
    ...columns(
      log.events.map((event) => [
        event.event_time.slice(11, 19),
        event.event_type.replace("yandex.cloud.audit.", ""),
        event.resource_metadata.path.at(-1)?.resource_id ?? "",
        event.event_status,
      ]),
    ),
  ].join("\n");
}

/** Returns rows as lines. Each column is as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd());
}
