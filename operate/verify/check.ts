import { failureText, unlessCloudFails } from "../../api/failures";

/** What a check came to, the worst first. `told` is for facts that are neither good nor bad by themselves. */
const results = ["bad", "unknown", "told", "good"] as const;
export type Result = (typeof results)[number];

/** One thing that was checked. */
export interface Check {
  readonly name: string;
  readonly result: Result;
  readonly text: string;
  /** What belongs to it, one thing in each. */
  readonly details?: readonly string[];
}

/** Milliseconds. */
export const minute = 60_000;
const hour = 60 * minute;
export const day = 24 * hour;

/** The worst of several results; `good` for none. */
export const worstOf = (checks: readonly { readonly result: Result }[]): Result =>
  results.find((one) => checks.some(({ result }) => result === one)) ?? "good";

/** A check that reads the cloud: what cannot be read is unknown. A defect of this program stays one. */
export const attempted = (name: string, what: string, check: () => Promise<Check>): Promise<Check> =>
  unlessCloudFails(check(), (error) => ({
    ...{ name, result: "unknown", text: `${what} cannot be read: ${failureText(error)}` },
  }));

/** A time as people read it, to the second. */
export const timeOf = (at: number): string => `${new Date(at).toISOString().replace(/\.\d+Z$/, "")}Z`;

/** A length of time as people read it. */
export function lengthOf(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** The first of a list, and how many there are beside them. */
export const shortened = (list: readonly string[], most = 20): string[] =>
  list.length > most ? [...list.slice(0, most), `and ${list.length - most} more`] : [...list];

/** So many of something. */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
