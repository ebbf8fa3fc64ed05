import type { Clock, Duration } from "../clock";
import { CloudError } from "../errors";
import type { ResourceTree } from "../resourceManager/resourceTree";
import type { Store } from "../store";
import type { Switches } from "../switches";
import type { Table } from "../table";
import { type Permission, permissionsOf } from "./roles";

/** Subject of a role. Its type is `userAccount`, `federatedUser`, `serviceAccount`, `group` or `system`. */
export interface Subject {
  readonly id: string;
  readonly type: string;
}

export interface AccessBinding {
  readonly roleId: string;
  readonly subject: Subject;
}

interface BindingRow extends AccessBinding {
  readonly resourceId: string;
  /** Time from which decisions use it, as ISO text. */
  readonly effectiveFrom: string;
  readonly effectiveUntil?: string;
}

/** Access by roles on a resource or on its containers. */
export class Access {
  private readonly bindings: Table<BindingRow>;
  private readonly bindingsOf: (resourceId: string) => BindingRow[];
  private readonly settings: Table<Duration>;

  constructor(
    store: Store,
    private readonly clock: Clock,
    private readonly tree: ResourceTree,
    private readonly groups: { includes(group: Subject, member: Subject): boolean },
    private readonly switches: Switches,
  ) {
    this.bindings = store.table("accessBindings");
    this.bindingsOf = this.bindings.groupedBy((row) => row.resourceId);
    this.settings = store.table("accessSettings");
    clock.onTick(() => this.prune());
  }

  /** Delay until decisions use a grant or removal. Lists show it at once. */
  get propagationDelay(): Duration {
    return this.settings.get("propagationDelay") ?? {};
  }

  set propagationDelay(delay: Duration) {
    this.settings.put("propagationDelay", delay);
  }

  /** Returns the bindings on a resource itself, with the latest changes. */
  list(resourceId: string): AccessBinding[] {
    return this.bindingsOf(resourceId)
      .filter((row) => !row.effectiveUntil)
      .map(({ roleId, subject }) => ({ roleId, subject }));
  }

  /** Adds a binding. @throws {CloudError} INVALID_ARGUMENT for an unknown role. */
  add(resourceId: string, { roleId, subject }: AccessBinding): void {
    if (!permissionsOf(roleId)) throw new CloudError("INVALID_ARGUMENT", `Role ${roleId} does not exist`);
    const id = bindingId(resourceId, { roleId, subject });
    const existing = this.bindings.get(id);
    if (existing && !existing.effectiveUntil) {
      if (this.switches.existingBinding === "accept") return;
      throw new CloudError("ALREADY_EXISTS", "The access binding exists already");
    }
    // If a removal is not effective yet, the binding continues without a gap.
    const stillEffective =
      existing?.effectiveUntil && existing.effectiveUntil > this.clock.now().toISOString();
    const effectiveFrom = stillEffective ? existing.effectiveFrom : this.whenDecisionsFollow();
    this.bindings.put(id, { resourceId, roleId, subject, effectiveFrom });
  }

  /** Removes a binding. @throws {CloudError} NOT_FOUND for a missing one, if the switch `missingBinding` is `not-found`. */
  remove(resourceId: string, binding: AccessBinding): void {
    const id = bindingId(resourceId, binding);
    const existing = this.bindings.get(id);
    if (existing && !existing.effectiveUntil)
      this.bindings.put(id, { ...existing, effectiveUntil: this.whenDecisionsFollow() });
    else if (this.switches.missingBinding === "not-found")
      throw new CloudError("NOT_FOUND", "There is no such access binding");
  }

  /** Removes a deleted resource from the tree, with its bindings. */
  forget(resourceId: string): void {
    for (const row of this.bindingsOf(resourceId)) this.bindings.delete(bindingId(resourceId, row));
    this.tree.delete(resourceId);
  }

  /** Removes all bindings of a deleted subject. */
  forgetSubject(id: string): void {
    for (const [binding, { subject }] of this.bindings.entries())
      if (subject.id === id) this.bindings.delete(binding);
  }

  isAllowed(subject: Subject, permission: Permission, resourceId: string): boolean {
    const now = this.clock.now().toISOString();
    return this.tree
      .path(resourceId)
      .flatMap(({ id }) => this.bindingsOf(id))
      .some(
        (row) =>
          row.effectiveFrom <= now &&
          (!row.effectiveUntil || row.effectiveUntil > now) &&
          permissionsOf(row.roleId)?.has(permission) &&
          this.groups.includes(row.subject, subject),
      );
  }

  /**
   * Checks a permission.
   *
   * @throws {CloudError} PERMISSION_DENIED without the name of the missing role. NOT_FOUND if the switch `unreadable` is
   * `not-found`, and the subject may not read the resource or its bindings.
   */
  require(subject: Subject, permission: Permission, resourceId: string): void {
    if (this.isAllowed(subject, permission, resourceId)) return;
    const [, kind] = /^(.*)\.(?:get|listAccessBindings)$/.exec(permission) ?? [];
    const isHidden = kind !== undefined && !this.isAllowed(subject, `${kind}.get` as Permission, resourceId);
    if (this.switches.unreadable === "not-found" && isHidden)
      throw new CloudError("NOT_FOUND", `${resourceId} not found`);
    throw new CloudError("PERMISSION_DENIED", "Permission denied");
  }

  /** Deletes bindings whose removal is effective. */
  private prune(): void {
    const now = this.clock.now().toISOString();
    for (const [id, row] of this.bindings.entries())
      if (row.effectiveUntil && row.effectiveUntil <= now) this.bindings.delete(id);
  }

  private whenDecisionsFollow(): string {
    return this.clock.in(this.propagationDelay);
  }
}

const bindingId = (resourceId: string, { roleId, subject }: AccessBinding): string =>
  [resourceId, roleId, subject.type, subject.id].join("/");
