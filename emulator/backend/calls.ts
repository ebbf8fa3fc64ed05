import type { AuditLog } from "./auditTrails/auditLog";
import { CloudError } from "./errors";
import type { Access, Subject } from "./iam/access";
import type { Permission } from "./iam/roles";
import type { ResourceTree } from "./resourceManager/resourceTree";
import type { Store } from "./store";

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
  /** A repeated call of the method with the same key and subject gets the same operation. */
  readonly idempotencyKey?: string;
}

/** A change that a call asks for. */
export interface Change {
  /** Event type without `yandex.cloud.audit.`, such as `kms.CreateSymmetricKey`. */
  readonly event: string;
  /** Needed permissions, all of them. */
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
  /** Id of the changed resource, if it is not the one with the permission. */
  readonly resource?: string;
  readonly details?: object;
  /** Response for the record. */
  readonly response?: object;
}

/** Makes changes for calls. It checks permissions, and records success or failure in the audit log. */
export class Changes {
  constructor(
    private readonly access: Access,
    private readonly tree: ResourceTree,
    private readonly auditLog: AuditLog,
    private readonly store: Store,
  ) {}

  /** Makes a change, all or nothing. @throws {CloudError} PERMISSION_DENIED, or what the work throws. */
  make<T>(call: Call, change: Change, work: () => Outcome<T>): T {
    // Read now: a deletion removes the resource from the tree.
    const pathBefore = this.tree.path(change.on);
    const authorized = [change.permission]
      .flat()
      .every((permission) => this.access.isAllowed(call.subject, permission, change.on));
    const record = (rest: Omit<Outcome<T>, "result"> & { error?: CloudError }) => {
      const path = rest.resource ? this.tree.path(rest.resource) : pathBefore;
      this.auditLog.record(call, { ...change, authorized, path, ...rest });
    };
    try {
      if (!authorized) throw new CloudError("PERMISSION_DENIED", "Permission denied");
      const { result, details, ...rest } = this.store.attempt(work);
      record({ ...rest, details: { ...change.details, ...details } });
      return result;
    } catch (error) {
      if (error instanceof CloudError) record({ error });
      throw error;
    }
  }
}
