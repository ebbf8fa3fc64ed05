import { CloudError } from "../errors";
import type { Store } from "../store";
import type { Table } from "../table";

/** Entry of a resource in the tree, for bindings and the audit log. */
export interface Resource {
  /** The vendor's name of the kind, such as `resource-manager.folder`. */
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** Id of the resource's container; absent for organizations. */
  readonly parentId?: string;
}

/** Tree of resources: organization, cloud, folder, resource. */
export class ResourceTree {
  private readonly resources: Table<Resource>;
  private readonly byName: (typeAndName: string) => Resource[];
  private readonly inParent: (parentId: string) => Resource[];

  constructor(store: Store) {
    this.resources = store.table("resources");
    this.byName = this.resources.groupedBy(({ type, name }) => `${type}/${name}`);
    this.inParent = this.resources.groupedBy(({ parentId = "" }) => parentId);
  }

  put(resource: Resource): void {
    this.resources.put(resource.id, resource);
  }

  delete(id: string): void {
    this.resources.delete(id);
  }

  get(id: string): Resource | undefined {
    return this.resources.get(id);
  }

  all(): Resource[] {
    return this.resources.values();
  }

  childrenOf(id: string): Resource[] {
    return this.inParent(id);
  }

  /** Returns the resources of a type with a name, at any depth of a container. */
  named(type: string, name: string, containerId: string): Resource[] {
    return this.byName(`${type}/${name}`).filter(({ id }) =>
      this.path(id).some((part) => part.id === containerId),
    );
  }

  /** Counts the resources of a type at any depth of a container. */
  count(type: string, containerId: string): number {
    const children = this.childrenOf(containerId);
    return children.reduce(
      (sum, child) => sum + (child.type === type ? 1 : 0) + this.count(type, child.id),
      0,
    );
  }

  /** Returns a resource. @throws {CloudError} NOT_FOUND if there is no resource of that type and id. */
  require(type: string, id: string): Resource {
    const resource = this.resources.get(id);
    if (resource?.type !== type) throw new CloudError("NOT_FOUND", `${type} ${id} not found`);
    return resource;
  }

  /** Checks that a name is free. @throws {CloudError} ALREADY_EXISTS if another resource of that type in the container has it. */
  requireFreeName(type: string, { id, name }: Pick<Resource, "id" | "name">, containerId: string): void {
    const taken = this.named(type, name, containerId).some((other) => other.id !== id);
    if (taken) throw new CloudError("ALREADY_EXISTS", `${type} ${name} already exists`);
  }

  /** Returns the id of a folder's cloud. */
  cloudOf(folderId: string): string {
    return this.require("resource-manager.folder", folderId).parentId ?? "";
  }

  /** Returns the path from the organization to the resource; empty if there is no such resource. */
  path(id: string): Resource[] {
    const resource = this.resources.get(id);
    if (!resource) return [];
    return [...(resource.parentId ? this.path(resource.parentId) : []), resource];
  }
}
