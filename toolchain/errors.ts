/** A fault of the machine or its network that people can put right: the message says how. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
}
