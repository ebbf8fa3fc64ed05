import type { Call } from "../calls";
import type { Changes } from "../changes";
import type { Clock } from "../clock";
import { CloudError } from "../errors";
import { maskedFields } from "../fieldMask";
import type { Ids } from "../ids";
import { requireValid } from "../limits";
import { emptyResponse, type Operation, type Operations, type Typed } from "../operations";
import type { Store } from "../store";
import type { Table } from "../table";
import type { Access } from "./access";
import type { ServiceAccounts } from "./serviceAccounts";

/** Common fields of keys of service accounts. */
interface AccountKey {
  readonly id: string;
  readonly serviceAccountId: string;
  readonly createdAt: string;
  readonly description: string;
  /** Time rounded down to the hour. */
  readonly lastUsedAt?: string;
}

/** Names of a kind of keys. */
interface KeyKind {
  readonly table: string;
  /** Noun in events and messages, such as `AccessKey`. */
  readonly noun: string;
  /** Package of its messages. */
  readonly package: string;
  /** Field of its id in messages and events. */
  readonly idField: string;
  /** Permission to create, change and delete keys. */
  readonly permission: string;
}

/** Services of the cloud that keys use. */
export interface AccountKeyNeeds {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly access: Access;
  readonly changes: Changes;
  readonly operations: Operations;
  readonly serviceAccounts: ServiceAccounts;
}

/** Keys of one kind. The caller needs the permissions on the service account of the key. */
export abstract class AccountKeys<Row extends AccountKey> {
  protected readonly keys: Table<Row>;
  private readonly keysOf: (serviceAccountId: string) => Row[];

  constructor(
    protected readonly cloud: AccountKeyNeeds,
    private readonly kind: KeyKind,
  ) {
    this.keys = cloud.store.table(kind.table);
    this.keysOf = this.keys.groupedBy(({ serviceAccountId }) => serviceAccountId);
  }

  get(call: Call, id: string): Row {
    const key = this.require(id);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", key.serviceAccountId);
    return key;
  }

  /** Lists the keys of an account. Without an account it lists the caller's own keys, which needs no role. */
  list(call: Call, serviceAccountId: string): Row[] {
    if (!serviceAccountId) return this.keysOf(call.subject.id);
    this.cloud.serviceAccounts.require(serviceAccountId);
    this.cloud.access.require(call.subject, "iam.serviceAccounts.get", serviceAccountId);
    return this.keysOf(serviceAccountId);
  }

  /** Changes the description, the only field that can be changed. */
  update(
    call: Call,
    id: string,
    given: { readonly description?: string },
    mask?: readonly string[],
  ): Operation {
    const key = this.require(id);
    const parameters = { [this.kind.idField]: id, ...given };
    return this.change(call, "Update", key.serviceAccountId, parameters, () => {
      const { description = "" } = maskedFields(given, mask);
      requireValid("description", "shortDescription", description);
      const updated = { ...key, description };
      this.keys.put(id, updated);
      return { key: updated, response: updated, result: this.operation(call, "Update", id, updated) };
    });
  }

  delete(call: Call, id: string): Operation {
    const key = this.require(id);
    return this.change(call, "Delete", key.serviceAccountId, { [this.kind.idField]: id }, () => {
      this.remove(id);
      return { key, response: {}, result: this.operation(call, "Delete", id) };
    });
  }

  /** Removes the keys of a deleted account: https://yandex.cloud/en/docs/iam/operations/sa/delete */
  removeOf(serviceAccountId: string): void {
    for (const { id } of this.keysOf(serviceAccountId)) this.remove(id);
  }

  protected remove(id: string): void {
    this.keys.delete(id);
  }

  protected require(id: string): Row {
    const key = this.keys.get(id);
    if (!key) throw new CloudError("NOT_FOUND", `${this.kind.noun} ${id} not found`);
    return key;
  }

  protected noteUse(key: Row): void {
    const lastUsedAt = this.cloud.clock.hour();
    this.cloud.serviceAccounts.noteAuthentication(key.serviceAccountId);
    if (key.lastUsedAt !== lastUsedAt) this.keys.put(key.id, { ...key, lastUsedAt });
  }

  /** Calls `work`, and records the change in the audit log. */
  protected change<T>(
    call: Call,
    verb: "Create" | "Update" | "Delete",
    serviceAccountId: string,
    parameters: object,
    work: () => { readonly key: Row; readonly response: object; readonly result: T },
  ): T {
    const { noun, permission, idField } = this.kind;
    const { name: serviceAccountName } = this.cloud.serviceAccounts.require(serviceAccountId);
    const details = { serviceAccountId, serviceAccountName };
    const change = { event: `iam.${verb}${noun}`, permission, on: serviceAccountId, parameters, details };
    return this.cloud.changes.make(call, change, () => {
      const { key, ...outcome } = work();
      return { details: { ...this.detailsOf(key), [idField]: key.id }, ...outcome };
    });
  }

  /** Returns the details of a key in records, except its id: https://yandex.cloud/en/docs/audit-trails/audit/iam/events-ref/CreateAccessKey */
  protected abstract detailsOf(key: Row): object;

  private operation(call: Call, verb: "Update" | "Delete", id: string, key?: Row): Operation {
    const { noun, package: of, idField } = this.kind;
    const metadata: Typed = { type: `${of}.${verb}${noun}Metadata`, value: { [idField]: id } };
    const response: Typed = key ? { type: `${of}.${noun}`, value: key } : emptyResponse;
    return this.cloud.operations.finished(call, "aje", `${verb} ${noun}`, metadata, response);
  }
}
