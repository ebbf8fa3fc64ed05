import type { LogRange } from "../../logs";
import { dayLength, dayOf } from "../../logs/keys";
import type { Condition } from "../conditions";

/** Question for the text of another engine. */
export interface Question {
  /** Address of Object Storage, with a scheme. */
  readonly storageEndpoint: string;
  readonly bucket: string;
  /** Prefix of the keys of the log objects. */
  readonly keyPrefix: string;
  readonly range: LogRange;
  readonly condition: Condition;
  /** Columns, or JSON paths in columns. */
  readonly columns: readonly string[];
  /** Columns to count by. */
  readonly by: readonly string[];
  readonly isCount: boolean;
  readonly limit: number;
}

/**
 * Number of days after the range whose log objects may hold late events. An event comes at most 72 hours late, and its object may be
 * put after midnight: https://yandex.cloud/en/docs/audit-trails/concepts/trail
 */
const lateDays = 4;

/** Returns the days whose log objects may hold the events of a range. */
export function daysOf({ from, to }: Exclude<LogRange, "all">): string[] {
  const days: string[] = [];
  for (let at = Math.floor(from / dayLength) * dayLength; at < to + lateDays * dayLength; at += dayLength)
    days.push(dayOf(at));
  return days;
}
