import type { Call } from "../calls";
import { maskedFields } from "../fieldMask";
import { requireValid, requireValidLabels } from "../limits";
import { emptyResponse, type Operation, type Typed } from "../operations";
import type { ResourceNeeds } from "../resourceNeeds";
import type { Table } from "../table";
import type { Resource } from "./resourceTree";

interface Kind {
  readonly type: string;
  /** Type of its container; absent for organizations. */
  readonly parent?: string;
  readonly permissions: string;
  /** Name of the vendor's service in events and messages. */
  readonly service: string;
  readonly noun: string;
  readonly idField: string;
  readonly idPrefix: string;
}

/** Kinds of containers: https://yandex.cloud/en/docs/resource-manager/concepts/resources-hierarchy. */
const kinds = {
  organization: {
    type: "organization-manager.organization",
    permissions: "organization-manager.organizations",
    service: "organizationmanager",
    noun: "Organization",
    idField: "organizationId",
    idPrefix: "bpf",
  },
  cloud: {
    type: "resource-manager.cloud",
    parent: "organization-manager.organization",
    permissions: "resource-manager.clouds",
    service: "resourcemanager",
    noun: "Cloud",
    idField: "cloudId",
    idPrefix: "b1g",
  },
  folder: {
    type: "resource-manager.folder",
    parent: "resource-manager.cloud",
    permissions: "resource-manager.folders",
    service: "resourcemanager",
    noun: "Folder",
    idField: "folderId",
    idPrefix: "b1g",
  },
} as const satisfies Record<string, Kind>;

export type ContainerKind = keyof typeof kinds;

/** Fields of a container, without its place in the tree. */
interface Details {
  readonly createdAt?: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Title; present for organizations only. */
  readonly title?: string;
  /** Scheduled deletion: the operation and the time. */
  readonly deletion?: { readonly operationId: string; readonly after: string };
}

interface Settings {
  readonly name: string;
  readonly description: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
}

/** A container as the vendor's message. */
export interface Container extends Details {
  readonly id: string;
  readonly name: string;
  readonly status: "ACTIVE" | "PENDING_DELETION";
}

/** Default delay of a deletion, in milliseconds: https://yandex.cloud/en/docs/resource-manager/api-ref/grpc/Folder/delete */
const defaultWait = 24 * 3_600_000;

const parentFields = { cloud: "organizationId", folder: "cloudId" } as const;

const without: Details = { description: "", labels: {} };

/** Services of the cloud that this one uses. */
interface Needs extends ResourceNeeds {
  removeWithContents(id: string): void;
}

/** Resource Manager's clouds and folders, and the organization. */
export class Containers {
  private readonly details: Table<Details>;

  constructor(private readonly cloud: Needs) {
    this.details = cloud.store.table("containers");
    cloud.clock.onTick(() => this.deleteDue());
  }

  get(call: Call, kind: ContainerKind, id: string): Container {
    const resource = this.cloud.tree.require(kinds[kind].type, id);
    this.cloud.access.require(call.subject, `${kinds[kind].permissions}.get`, id);
    return this.message(kind, resource);
  }

  /** Lists the containers that the caller may see, in the parent if one is named. */
  list(call: Call, kind: ContainerKind, parentId?: string): Container[] {
    const { type, permissions } = kinds[kind];
    return this.cloud.tree
      .all()
      .filter((one) => one.type === type && (!parentId || one.parentId === parentId))
      .filter(({ id }) => this.cloud.access.isAllowed(call.subject, `${permissions}.get`, id))
      .map((resource) => this.message(kind, resource));
  }

  create(call: Call, kind: "cloud" | "folder", parentId: string, given: Partial<Settings>): Operation {
    const { type, parent, permissions, idPrefix } = kinds[kind];
    this.cloud.tree.require(parent, parentId);
    const parameters = { [parentFields[kind]]: parentId, ...given };
    return this.change(
      call,
      kind,
      "Create",
      { permission: `${permissions}.create`, on: parentId, parameters },
      () => {
        const { name = "", description = "", labels = {} } = given;
        const id = this.cloud.ids.make(idPrefix, parentId, name);
        const createdAt = this.cloud.clock.now().toISOString();
        this.put({ type, id, name, parentId }, { createdAt, description, labels });
        return { id };
      },
    );
  }

  update(
    call: Call,
    kind: ContainerKind,
    id: string,
    given: Partial<Settings>,
    mask: readonly string[] | undefined,
  ): Operation {
    const resource = this.cloud.tree.require(kinds[kind].type, id);
    const permission = `${kinds[kind].permissions}.update`;
    const parameters = { [kinds[kind].idField]: id, ...given };
    return this.change(call, kind, "Update", { permission, on: id, parameters }, () => {
      const { name = resource.name, ...fields } = maskedFields<Settings>(given, mask);
      this.put({ ...resource, name }, { ...this.detailsOf(id), ...fields });
      return { id };
    });
  }

  /**
   * Deletes a container with all its contents, after a delay. Until then the operation is pending and can be cancelled.
   *
   * @param after Time of the deletion as ISO text; at once if it is not in the future. @default in 24 hours
   */
  delete(call: Call, kind: "cloud" | "folder", id: string, after?: string): Operation {
    const { type, permissions, idField } = kinds[kind];
    this.cloud.tree.require(type, id);
    const now = this.cloud.clock.now().getTime();
    const deleteAfter = new Date(after ? Date.parse(after) : now + defaultWait).toISOString();
    const parameters = { [idField]: id, deleteAfter };
    const change = { permission: `${permissions}.delete`, on: id, parameters };
    const operation = this.change(call, kind, "Delete", change, () => ({ id, deleteAfter }));
    this.details.put(id, {
      ...this.detailsOf(id),
      deletion: { operationId: operation.id, after: deleteAfter },
    });
    this.deleteDue();
    return operation;
  }

  /** Cancels the scheduled deletion of an operation, if there is one. */
  cancelDeletion(call: Call, operationId: string): void {
    const found = this.details.entries().find(([, { deletion }]) => deletion?.operationId === operationId);
    if (!found) return;
    const [id, { deletion: _, ...details }] = found;
    const kind = this.cloud.tree.get(id)?.type === kinds.cloud.type ? "cloud" : "folder";
    this.cloud.access.require(call.subject, `${kinds[kind].permissions}.delete`, id);
    this.details.put(id, details);
    this.cloud.operations.cancel(operationId, {
      cancelledBy: call.subject.id,
      cancelledAt: this.cloud.clock.now().toISOString(),
    });
  }

  /** Removes an empty container. */
  remove(id: string): void {
    this.details.delete(id);
    this.cloud.access.forget(id);
  }

  private deleteDue(): void {
    const now = this.cloud.clock.now().toISOString();
    for (const [id, { deletion }] of this.details.entries())
      if (deletion && deletion.after <= now) this.cloud.removeWithContents(id);
  }

  private put(resource: Resource, details: Details): void {
    requireValid("name", "resourceName", resource.name);
    requireValid("description", "shortDescription", details.description);
    requireValidLabels(details.labels);
    if (resource.parentId) this.cloud.tree.requireFreeName(resource.type, resource, resource.parentId);
    this.details.put(resource.id, details);
    this.cloud.tree.put(resource);
  }

  private change(
    call: Call,
    kind: ContainerKind,
    verb: "Create" | "Update" | "Delete",
    change: { readonly permission: string; readonly on: string; readonly parameters: object },
    work: () => { readonly id: string; readonly deleteAfter?: string },
  ): Operation {
    const { service, noun, idField, idPrefix } = kinds[kind];
    const details = verb === "Create" ? {} : this.recordDetails(kind, change.on);
    return this.cloud.changes.make(call, { event: `${service}.${verb}${noun}`, ...change, details }, () => {
      const { id, deleteAfter } = work();
      const value = { [idField]: id, ...(deleteAfter && { deleteAfter }) };
      const metadata: Typed = { type: `yandex.cloud.${service}.v1.${verb}${noun}Metadata`, value };
      const response: Typed =
        verb === "Delete"
          ? emptyResponse
          : { type: `yandex.cloud.${service}.v1.${noun}`, value: this.require(kind, id) };
      return {
        resource: id,
        details: this.recordDetails(kind, id),
        response: response.value,
        result: this.cloud.operations.finished(
          call,
          idPrefix,
          `${verb} ${kind}`,
          metadata,
          response,
          deleteAfter,
        ),
      };
    });
  }

  /** Returns the details of records, such as https://yandex.cloud/en/docs/audit-trails/audit/resourcemanager/events-ref/DeleteFolder */
  private recordDetails(kind: ContainerKind, id: string): object {
    const { name, parentId = "" } = this.cloud.tree.require(kinds[kind].type, id);
    const { status, description, labels } = this.require(kind, id);
    const parent = { organization: {}, cloud: { organizationId: parentId }, folder: { cloudId: parentId } };
    const cloudName = kind === "folder" ? this.cloud.tree.get(parentId)?.name : undefined;
    const own = { [`${kind}Id`]: id, [`${kind}Name`]: name, description, labels };
    return { ...parent[kind], cloudName, ...own, status: kind === "organization" ? undefined : status };
  }

  private require(kind: ContainerKind, id: string): Container {
    return this.message(kind, this.cloud.tree.require(kinds[kind].type, id));
  }

  private message(kind: ContainerKind, { id, name, parentId }: Resource): Container {
    const { deletion, ...details } = this.detailsOf(id);
    const parentField = kind === "organization" ? undefined : parentFields[kind];
    return {
      id,
      name,
      ...details,
      ...(kind === "organization" && { title: details.title ?? name }),
      ...(parentField && { [parentField]: parentId }),
      status: deletion ? "PENDING_DELETION" : "ACTIVE",
    };
  }

  /** Returns the stored fields. Containers made by code or in older states have none. */
  private detailsOf(id: string): Details {
    return this.details.get(id) ?? without;
  }
}
