/** Exit codes of the commands. */
export const exitCodes = {
  /** Report printed, nothing matched. */
  success: 0,
  /** Report printed, and a condition for failure matched. */
  failedOn: 1,
  /** Something is unknown. */
  unknown: 2,
  /** Usage error: wrong options, or a file that cannot be used. */
  usage: 3,
  /** A defect of this program: EX_SOFTWARE of sysexits.h. */
  software: 70,
} as const;

/** Wrong use of a command; the message says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
