import type { Subject } from "./iam/access";
import type { Permission } from "./iam/roles";

/** Caller, as in the audit log. */
export interface Caller {
  readonly subject: Subject;
  readonly requestId: string;
  readonly userAgent: string;
  readonly remoteAddress: string;
  readonly maskedToken: string;
}

/** A call by an authenticated client, through gRPC or S3. */
export interface Call extends Caller {
  /** Full name of the gRPC method, or `s3/` and the HTTP method. */
  readonly method: string;
  /** Key of a call that may be repeated: a later call with the same method, key and subject gets the same operation. */
  readonly idempotencyKey?: string;
}

/** A change that a call asks for. */
export interface Change {
  /** Event type without `yandex.cloud.audit.`, such as `kms.CreateSymmetricKey`. */
  readonly event: string;
  /** Permission that the change needs, or a list: then it needs all of them. */
  readonly permission: Permission | readonly Permission[];
  /** Id of the resource on which the permission is needed. */
  readonly on: string;
  /** The request as the vendor's message, for the audit log. */
  readonly parameters: object;
  /** Details of the resource for the record, also if the change fails. */
  readonly details?: object;
}

/** Result of a change. */
export interface Outcome<T> {
  readonly result: T;
  /** Id of the changed resource; absent if it is the resource on which the permission is needed. */
  readonly resource?: string;
  readonly details?: object;
  /** Response for the record. */
  readonly response?: object;
}
