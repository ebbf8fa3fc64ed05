/** Names of gRPC's status codes. */
export const codes = [
  "CANCELLED",
  "INVALID_ARGUMENT",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "UNIMPLEMENTED",
  "UNAVAILABLE",
  "UNAUTHENTICATED",
] as const;

export type Code = (typeof codes)[number];

/** A refusal by the cloud. The texts are our own: the vendor does not publish its texts. */
export class CloudError extends Error {
  override readonly name = "CloudError";

  constructor(
    readonly code: Code,
    message: string,
  ) {
    super(message);
  }
}
