/** How a command ends, for scripts. */
export const exitCodes = {
  /** It reported what was asked. */
  told: 0,
  /** It reported, and what it found is what was to be failed on. */
  failedOn: 1,
  /** Something is unknown. */
  unknown: 2,
  /** Wrong options, or a file that cannot be used. */
  usage: 3,
  /** A defect of this program: EX_SOFTWARE of sysexits.h. */
  software: 70,
} as const;

/** A fault of the call; the message says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
