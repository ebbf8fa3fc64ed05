import type { AuditLog } from "./auditTrails/auditLog";
import type { Call, Change, Outcome } from "./calls";
import { CloudError } from "./errors";
import type { Access } from "./iam/access";
import type { ResourceTree } from "./resourceManager/resourceTree";
import type { Store } from "./store";

/** Makes changes for calls. It checks permissions, and records success or failure in the audit log. */
export class Changes {
  constructor(
    private readonly access: Access,
    private readonly tree: ResourceTree,
    private readonly auditLog: AuditLog,
    private readonly store: Store,
  ) {}

  /** Makes a change, all or nothing. @throws {CloudError} PERMISSION_DENIED, or the error of `work`. */
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
