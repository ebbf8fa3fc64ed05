/** A fault of the machine or its network that people can put right: the message says how. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
}

/** Ends a script that failed: what people can put right is told in words, anything else as it is. */
export function endFailed(error: unknown): void {
  console.error(error instanceof ToolchainError ? error.message : error);
  process.exitCode = 1;
}
