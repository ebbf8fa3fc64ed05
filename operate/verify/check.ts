import { failureText, unlessCloudFails } from "../../api/failures";

/** Results of checks, worst first. `info` is for facts that are neither good nor bad. */
const results = ["bad", "unknown", "info", "good"] as const;
export type Result = (typeof results)[number];

/** Result of one check. */
export interface Check {
  readonly name: string;
  readonly result: Result;
  readonly text: string;
  /** Further lines about the result. */
  readonly details?: readonly string[];
}

/** Minute in milliseconds. */
export const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

/** Returns the worst of several results; `good` for none. */
export const worstOf = (checks: readonly { readonly result: Result }[]): Result =>
  results.find((one) => checks.some(({ result }) => result === one)) ?? "good";

/** Runs a check that reads the cloud. If the read fails, the result is unknown. Other errors are defects, and are thrown. */
export const attempted = (name: string, what: string, check: () => Promise<Check>): Promise<Check> =>
  unlessCloudFails(check(), (error) => ({
    ...{ name, result: "unknown", text: `${what} cannot be read: ${failureText(error)}` },
  }));

/** Formats a time for people, to the second. */
export const timeOf = (at: number): string => `${new Date(at).toISOString().replace(/\.\d+Z$/, "")}Z`;

/** Formats a length of time for people. */
export function lengthOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** Returns the first lines of a list, and the number of further ones. */
export const shortened = (list: readonly string[], most = 20): string[] =>
  list.length > most ? [...list.slice(0, most), `and ${list.length - most} more`] : [...list];

/** Formats a count with its noun. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
