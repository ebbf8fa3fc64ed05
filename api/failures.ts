import { type ServiceError, status } from "@grpc/grpc-js";

/** The cloud could not be asked, or its answer cannot be used. The message is for people. */
export class CloudFailure extends Error {
  override readonly name = "CloudFailure";
}

/** Object Storage refused a request, or did not answer it. */
export class StorageFailure extends CloudFailure {
  /**
   * @param code Such as `AccessDenied`.
   * @param httpStatus Absent where there was no answer.
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

/** Error of the client of Object Storage. */
interface ClientError {
  readonly name: string;
  readonly message: string;
  readonly $metadata: {
    readonly httpStatusCode?: number;
    readonly requestId?: string;
    readonly attempts?: number;
  };
  /** Present where an answer came that could not be read. */
  readonly $response?: unknown;
}

/** Names of errors that programs make, and no service. */
const programming: ReadonlySet<string> = new Set([
  "TypeError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "EvalError",
  "URIError",
  "AssertionError",
]);

/** Whether an error is a gRPC call that failed. */
export const isCallError = (error: unknown): error is ServiceError =>
  typeof (error as Partial<ServiceError> | undefined)?.code === "number" &&
  (error as Partial<ServiceError>).metadata !== undefined;

const isClientError = (error: unknown): error is ClientError => {
  const { $metadata, $response, name = "" } = (error ?? {}) as Partial<ClientError>;
  return $metadata !== undefined && ($response !== undefined || !programming.has(name));
};

/**
 * Whether an error says that a service, or the way to it, failed. Every other error is a defect of this program, and no fact about
 * the cloud.
 */
export const isCloudFailure = (error: unknown): boolean =>
  error instanceof CloudFailure || isCallError(error) || isClientError(error);

/**
 * Puts something else in the place of what could not be read.
 *
 * @throws what is no failure of the cloud, as it came.
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
 * What calls came to, each by itself.
 *
 * @throws what is no failure of the cloud, as it came.
 */
export async function settled<T>(calls: readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]> {
  const results = await Promise.allSettled(calls);
  for (const result of results)
    if (result.status === "rejected" && !isCloudFailure(result.reason)) throw result.reason;
  return results;
}

/** A failure in one line: code, the service's words, and the id of the request, for which the vendor's support asks. */
export function failureText(error: unknown): string {
  if (isCallError(error)) {
    const { code, details, metadata } = error;
    // The library's words for it name its own parts.
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
 * @returns nothing if the resource does not exist.
 * @throws {ServiceError} if it fails for another reason.
 */
export const ifFound = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
