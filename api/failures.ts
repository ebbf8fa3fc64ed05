import { type ServiceError, status } from "@grpc/grpc-js";

/** Failure of a request to the cloud, or an answer that cannot be used. The message is for people. */
export class CloudFailure extends Error {
  override readonly name = "CloudFailure";
}

/** Failure of Object Storage: it refused a request, or did not answer. */
export class StorageFailure extends CloudFailure {
  /**
   * @param code Error code, such as `AccessDenied`.
   * @param httpStatus Absent if there was no answer.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly httpStatus?: number,
    readonly requestId?: string,
  ) {
    super(message);
  }
}

/** Error of the Object Storage client. */
interface ClientError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly attempts?: number;
  };
  /** Present if an answer arrived that could not be parsed. */
  readonly $response?: unknown;
}

/** Names of errors that come from code and never from a service. */
const programming: ReadonlySet<string> = new Set([
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "EvalError",
  "URIError",
  "AssertionError",
]);

/** Checks whether an error is a failed gRPC call. */
export const isCallError = (error: unknown): error is ServiceError =>
  typeof (error as Partial<ServiceError> | undefined)?.code === "number" &&
  (error as Partial<ServiceError>).metadata !== undefined;

const isClientError = (error: unknown): error is ClientError => {
  const { $metadata, $response, name = "" } = (error ?? {}) as Partial<ClientError>;
  return $metadata !== undefined && ($response !== undefined || !programming.has(name));
};

/**
 * Checks whether an error comes from a service or from the network. Every other error is a defect of this program and
 * says nothing about the cloud.
 */
export const isCloudFailure = (error: unknown): boolean =>
  error instanceof CloudFailure || isCallError(error) || isClientError(error);

/**
 * Waits for a call. If the cloud fails, it returns a replacement for the result.
 *
 * @throws every error that is not a failure of the cloud, unchanged.
 */
export async function unlessCloudFails<T, U>(call: Promise<T>, use: (error: unknown) => U): Promise<T | U> {
  try {
    return await call;
  } catch (error) {
    if (!isCloudFailure(error)) throw error;
    return use(error);
  }
}

/**
 * Waits for all calls and returns the outcome of each.
 *
 * @throws every error that is not a failure of the cloud, unchanged.
 */
export async function settled<T>(calls: readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]> {
  const results = await Promise.allSettled(calls);
  for (const result of results)
    if (result.status === "rejected" && !isCloudFailure(result.reason)) throw result.reason;
  return results;
}

/**
 * Returns a failure in one line: code, the service's message, and the id of the request, which the vendor's support
 * needs.
 */
export function failureText(error: unknown): string {
  if (isCallError(error)) {
    const { code, details, metadata } = error;
    // The library's own message names internal parts of the library.
    const words = code === status.DEADLINE_EXCEEDED ? noAnswer : details;
    const said = words ? `: ${words}` : "";
    return `${status[code]}${said}${requestText(metadata.get("x-request-id")[0]?.toString())}`;
  }
  if (error instanceof StorageFailure) {
    const { code, message, httpStatus, requestId } = error;
    if (httpStatus === undefined) return message;
    return `${code}: ${message} (HTTP ${httpStatus})${requestText(requestId)}`;
  }
  if (isClientError(error)) {
    const { name, message, $metadata } = error;
    const http = $metadata.httpStatusCode ? ` (HTTP ${$metadata.httpStatusCode})` : "";
    return `${name}: ${message}${http}${requestText($metadata.requestId)}`;
  }
  return String((error as Partial<Error> | undefined)?.message ?? error);
}

const noAnswer =
  "the service did not answer in time. Check the network, HTTPS_PROXY and YC_ENDPOINT, and run the command again";

const requestText = (id: string | undefined): string => (id ? ` (request ${id})` : "");

/** Checks whether a call failed because the caller has no permission. */
export const isForbidden = (error: unknown): boolean => hasCode(error, status.PERMISSION_DENIED);

/** Checks whether a call failed because its credentials are not accepted. */
export const isUnauthenticated = (error: unknown): boolean => hasCode(error, status.UNAUTHENTICATED);

/** Checks whether a call failed because the resource does not exist. */
export const isNotFound = (error: unknown): boolean => hasCode(error, status.NOT_FOUND);

const hasCode = (error: unknown, code: status): boolean =>
  (error as Partial<ServiceError> | undefined)?.code === code;

/**
 * Waits for a call that reads a resource.
 *
 * @returns undefined if the resource does not exist.
 * @throws {ServiceError} if the call fails for another reason.
 */
export const ifFound = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
