import type { AuditLog } from "./auditTrails/auditLog";
import { CloudError } from "./errors";
import type { Access, Subject } from "./iam/access";
import type { Permission } from "./iam/roles";
import type { ResourceTree } from "./resourceManager/resourceTree";
import type { Store } from "./store";

/** Who calls, as the audit log shows it. */
export interface Caller {
  readonly subject: Subject;
  readonly requestId: string;
  readonly userAgent: string;
  readonly remoteAddress: string;
  readonly maskedToken: string;
}

/** A call by an authenticated client, whichever front it came through. */
export interface Call extends Caller {
  /** Full name of the gRPC method, or `s3/` and the HTTP method. */
  readonly method: string;
  /** A repeat of the method with the same key by the same subject gets the same operation. */
  readonly idempotencyKey?: string;
}

/** A change that a call asks for. */
export interface Change {
  /** Event type without `yandex.cloud.audit.`, such as `kms.CreateSymmetricKey`. */
  readonly event: string;
  /** What it takes; all of them, where there are several. */
  readonly permission: Permission | readonly Permission[];
  /** Id of the resource on which the permission is needed. */
  readonly on: string;
  /** What was asked for, as the vendor's message; goes into the audit log. */
  readonly parameters: object;
  /** What the record tells of the resource, whether the change comes about or not. */
  readonly details?: object;
}

/** What came of a change. */
export interface Outcome<T> {
  readonly result: T;
  /** Id of the resource that was changed, if it is another than the one with the permission. */
  readonly resource?: string;
  readonly details?: object;
  /** What the record shows of the answer. */
  readonly response?: object;
}

/** Does what a call asks for, if the caller may, and writes it to the audit log either way. */
export class Changes {
  constructor(
    private readonly access: Access,
    private readonly tree: ResourceTree,
    private readonly auditLog: AuditLog,
    private readonly store: Store,
  ) {}

  /** @throws {CloudError} PERMISSION_DENIED, or what the work throws; then nothing is left of the work. */
  make<T>(call: Call, change: Change, work: () => Outcome<T>): T {
    // Taken now: a deletion takes the resource out of the tree.
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
