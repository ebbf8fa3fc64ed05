import { CloudError, type Code } from "../backend/errors";

/** An error with a code of S3: https://yandex.cloud/en/docs/storage/s3/api-ref/response-codes */
export class S3Error extends Error {
  override readonly name = "S3Error";

  constructor(
    /** HTTP status. */
    readonly status: number,
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

const byCloudCode: Readonly<Record<Code, readonly [status: number, code: string]>> = {
  CANCELLED: [503, "SlowDown"],
  INVALID_ARGUMENT: [400, "InvalidArgument"],
  NOT_FOUND: [404, "NoSuchBucket"],
  ALREADY_EXISTS: [409, "BucketAlreadyExists"],
  PERMISSION_DENIED: [403, "AccessDenied"],
  RESOURCE_EXHAUSTED: [403, "QuotaExceeded"],
  FAILED_PRECONDITION: [409, "OperationAborted"],
  UNIMPLEMENTED: [501, "NotImplemented"],
  UNAVAILABLE: [503, "SlowDown"],
  UNAUTHENTICATED: [403, "AccessDenied"],
};

/** Translates an error of the cloud to one of S3. */
export function toS3Error(error: unknown): S3Error {
  if (error instanceof S3Error) return error;
  if (error instanceof CloudError) return new S3Error(...byCloudCode[error.code], error.message);
  console.error(error);
  return new S3Error(500, "InternalError");
}
