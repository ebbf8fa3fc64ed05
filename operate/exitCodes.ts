/** How a command ends, for scripts. */
export const exitCodes = {
  /** It told what was asked. */
  told: 0,
  /** It told, and what it told is what was to be failed on. */
  failedOn: 1,
  /** It cannot tell. */
  unknown: 2,
  /** Wrong options, or a file that is not there. */
  usage: 3,
} as const;

/** A fault of the call; the message says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
