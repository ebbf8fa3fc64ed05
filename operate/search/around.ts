import type { Sink } from "./output";

/** Output, reports, signal and clock of a search. */
export interface Around {
  readonly out: Sink;
  /** Prints a line for people. */
  report(line: string): void;
  readonly signal: AbortSignal;
  /** Returns the time, milliseconds since 1970. */
  readonly now: () => number;
}
