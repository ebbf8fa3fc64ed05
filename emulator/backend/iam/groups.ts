import type { Store } from "../store";
import type { Table } from "../table";
import type { Subject } from "./access";

/** A group of the organization. */
interface Group {
  readonly id: string;
  readonly members: readonly Subject[];
}

/** Groups of the organization, and system groups: https://yandex.cloud/en/docs/iam/concepts/access-control/system-group. */
export class Groups {
  private readonly groups: Table<Group>;

  constructor(store: Store) {
    this.groups = store.table("groups");
  }

  /** Creates a group, or replaces its members. The local cloud has no API for this. */
  put(id: string, members: readonly Subject[]): void {
    this.groups.put(id, { id, members });
  }

  has(id: string): boolean {
    return this.groups.get(id) !== undefined;
  }

  /** Removes a deleted account from all groups. */
  forget(accountId: string): void {
    for (const { id, members } of this.groups.values())
      if (members.some((one) => one.id === accountId))
        this.put(
          id,
          members.filter((one) => one.id !== accountId),
        );
  }

  /** Checks whether the holder of a binding is the given subject, or a group with the subject in it. */
  includes(bound: Subject, { id, type }: Subject): boolean {
    if (bound.type === "group")
      return this.groups.get(bound.id)?.members.some((one) => one.id === id && one.type === type) ?? false;
    if (bound.type !== "system") return bound.id === id && bound.type === type;
    if (bound.id === "allUsers") return true;
    if (bound.id === "allAuthenticatedUsers") return type !== "system";
    // There is one organization, and all users belong to it.
    return (
      /^group:organization:.+:users$/.test(bound.id) && (type === "userAccount" || type === "federatedUser")
    );
  }
}
