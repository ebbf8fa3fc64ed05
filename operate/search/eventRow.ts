import type { LogTime, LogValue } from "../logs";
import type { AuditEvent } from "../logs/record";
import { fieldOf } from "./conditions";
import type { Heading } from "./output";
import { columnOf, memberAt, timeOf } from "./predicate";

/** Place of a record. */
export interface RecordPlace {
  readonly trail_id: string;
  readonly object: string;
  readonly position: number;
}

const types: Readonly<Record<string, string>> = { json: "JSON", time: "TIMESTAMP WITH TIME ZONE" };

/** Returns the headings of columns, with the types that DuckDB would return. */
export const headingsOf = (names: readonly string[]): Heading[] =>
  names.map((name) => {
    const { kind, path } = fieldOf(name);
    return { name, type: (path.length === 0 && types[kind]) || "VARCHAR" };
  });

/** Returns the row of an event, as DuckDB would return it. */
export const rowOf = (names: readonly string[], event: AuditEvent, place: RecordPlace): LogValue[] =>
  names.map((name) => {
    const { base, kind, path } = fieldOf(name);
    if (base === "trail_id" || base === "object" || base === "position") return place[base];
    const value = memberAt(columnOf(event, base), path);
    if (value === undefined || value === null) return null;
    if (kind === "time" && path.length === 0) return new EventTime(String(value));
    if (kind === "path") return value as LogValue;
    return typeof value === "object" ? JSON.stringify(value) : (value as LogValue);
  });

/** Time of an event, cut to microseconds as in the table. */
class EventTime implements LogTime {
  constructor(private readonly text: string) {}

  get micros(): bigint {
    const fraction = /\.(\d+)/.exec(this.text)?.[1] ?? "";
    const seconds = BigInt(Math.floor((timeOf(this.text) ?? 0) / 1000));
    return seconds * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, "0"));
  }

  toString(): string {
    const { micros } = this;
    const digits = String(micros % 1_000_000n)
      .padStart(6, "0")
      .replace(/0+$/, "");
    const date = new Date(Number(micros / 1_000_000n) * 1000).toISOString();
    return date.replace(".000Z", `${digits && `.${digits}`}Z`);
  }
}
