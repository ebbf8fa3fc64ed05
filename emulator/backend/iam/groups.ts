import type { Store, Table } from "../store";
import type { Subject } from "./access";

/** A group of the organization. */
interface Group {
  readonly id: string;
  readonly members: readonly Subject[];
}

/** Groups, and the system's own: https://yandex.cloud/en/docs/iam/concepts/access-control/system-group. */
export class Groups {
  private readonly groups: Table<Group>;

  constructor(store: Store) {
    this.groups = store.table("groups");
  }

  /** Makes a group, or gives it other members. There is no API for it here. */
  put(id: string, members: readonly Subject[]): void {
    this.groups.put(id, { id, members });
  }

  has(id: string): boolean {
    return this.groups.get(id) !== undefined;
  }

  /** Takes an account that is gone out of all groups. */
  forget(accountId: string): void {
    for (const { id, members } of this.groups.values())
      if (members.some((one) => one.id === accountId))
        this.put(
          id,
          members.filter((one) => one.id !== accountId),
        );
  }

  /** Whether a binding's subject is this one, or a group that it belongs to. */
  includes(bound: Subject, { id, type }: Subject): boolean {
    if (bound.type === "group")
      return this.groups.get(bound.id)?.members.some((one) => one.id === id && one.type === type) ?? false;
    if (bound.type !== "system") return bound.id === id && bound.type === type;
    if (bound.id === "allUsers") return true;
    if (bound.id === "allAuthenticatedUsers") return type !== "system";
    // There is one organization, and all of its users belong to it.
    return (
      /^group:organization:.+:users$/.test(bound.id) && (type === "userAccount" || type === "federatedUser")
    );
  }
}
