/** Error of the machine or its network that people can correct. The message says how. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
}

/** Ends a script that failed. For errors that people can correct it prints only the message, for others everything. */
export function endFailed(error: unknown): void {
  console.error(error instanceof ToolchainError ? error.message : error);
  process.exitCode = 1;
}
