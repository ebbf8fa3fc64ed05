import type { Call } from "./calls";
import type { Cloud } from "./cloud";
import { CloudError } from "./errors";
import type { Table } from "./store";

/** What all keys of service accounts have. */
interface AccountKey {
  readonly id: string;
  readonly serviceAccountId: string;
}

/** Keys of one kind, each of a service account on which the permissions are needed. */
export abstract class AccountKeys<Row extends AccountKey> {
  protected readonly keys: Table<Row>;
  private readonly keysOf: (serviceAccountId: string) => Row[];

  /**
   * @param kind Name of the kind in events and messages, such as `AccessKey`.
   * @param permission To make and to delete keys.
   */
  constructor(
    protected readonly cloud: Cloud,
    table: string,
    private readonly kind: string,
    private readonly permission: string,
  ) {
    this.keys = cloud.store.table(table);
    this.keysOf = this.keys.groupedBy(({ serviceAccountId }) => serviceAccountId);
  }

  get(call: Call, id: string): Row {
    const key = this.require(id);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", key.serviceAccountId);
    return key;
  }

  list(call: Call, serviceAccountId: string): Row[] {
    this.cloud.serviceAccounts.require(serviceAccountId);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", serviceAccountId);
    return this.keysOf(serviceAccountId);
  }

  protected require(id: string): Row {
    const key = this.keys.get(id);
    if (!key) throw new CloudError("NOT_FOUND", `${this.kind} ${id} not found`);
    return key;
  }

  /** What is asked for and recorded when a key is made or deleted. */
  protected changeOf(verb: "Create" | "Delete", serviceAccountId: string) {
    const parameters = { serviceAccountId };
    return {
      event: `iam.${verb}${this.kind}`,
      permission: this.permission,
      on: serviceAccountId,
      parameters,
    };
  }
}
