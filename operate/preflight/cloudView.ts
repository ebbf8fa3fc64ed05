import { status } from "@grpc/grpc-js";
import { type Binding, listBindings, type Resource } from "../../api/bindings";
import { readBucket } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { CloudFailure, isForbidden, unlessCloudFails } from "../../api/failures";
import { type Container, readContainer } from "../../api/hierarchy";
import type { Subject } from "../../api/identity";
import { readKey } from "../../api/keys";
import { readServiceAccount } from "../../api/serviceAccounts";

/** Role bindings on a resource, or on a container: roles on a container also apply to the resources in it. */
export interface Level {
  readonly resource: Resource;
  /** Role bindings on the resource; absent if they cannot be read. */
  readonly bindings?: readonly Binding[];
  /** The error of a failed read. */
  readonly failure?: unknown;
}

/** Error for a resource that the deployer may not read. Several checks may depend on it. */
export class Unreadable extends CloudFailure {
  /** Status code of the call. */
  readonly code = status.PERMISSION_DENIED;

  constructor(readonly resource: Resource) {
    super(`${resource.id} may not be read`);
  }
}

/** Cached reads of the cloud: each resource is read once. */
export class CloudView {
  private readonly known = new Map<string, Promise<unknown>>();

  /** @param deployer Owner of the credentials, if known. */
  constructor(
    readonly cloud: CloudApi,
    readonly deployer?: Subject,
  ) {}

  /** Reads an organization, cloud or folder. @throws {Unreadable} if the deployer may not read it. */
  container(resource: Resource): Promise<Container | undefined> {
    return this.once("container", resource.id, () =>
      readContainer(resource, this.cloud).catch((error: unknown) => {
        throw isForbidden(error) ? new Unreadable(resource) : error;
      }),
    );
  }

  key(id: string) {
    return this.once("key", id, () => readKey(id, this.cloud));
  }

  bucket(name: string) {
    return this.once("bucket", name, () => readBucket(name, this.cloud));
  }

  account(id: string) {
    return this.once("account", id, () => readServiceAccount(id, this.cloud));
  }

  /** Checks whether a resource does not exist, or is not visible. */
  async isMissing({ type, id }: Resource): Promise<boolean> {
    const reads: Readonly<Record<string, () => Promise<unknown>>> = {
      "kms.symmetricKey": () => this.key(id),
      "iam.serviceAccount": () => this.account(id),
      "storage.bucket": () => this.bucket(id),
    };
    const read = reads[type] ?? (() => this.container({ type, id }));
    return unlessCloudFails(
      read().then((found) => found === undefined),
      () => false,
    );
  }

  /**
   * Reads the roles on a resource and on the containers around it, innermost first.
   *
   * @returns the roles, and the resource whose container could not be read; without that resource if all was read.
   */
  async levels(resource: Resource): Promise<{ levels: Level[]; unknownParentOf?: Resource }> {
    const level = this.level(resource);
    const parent = await unlessCloudFails(this.parentOf(resource), () => "unknown" as const);
    if (parent === "unknown") return { levels: [await level], unknownParentOf: resource };
    if (parent === undefined) return { levels: [await level] };
    const [own, { levels, unknownParentOf }] = await Promise.all([level, this.levels(parent)]);
    return { levels: [own, ...levels], unknownParentOf };
  }

  /** Reads the roles on a resource itself. */
  level(resource: Resource): Promise<Level> {
    return this.once("bindings", resource.id, () =>
      unlessCloudFails(
        this.bindings(resource).then((bindings): Level => ({ resource, bindings })),
        (failure): Level => ({ resource, failure }),
      ),
    );
  }

  private async bindings(resource: Resource): Promise<readonly Binding[]> {
    // Roles on a bucket are kept by an id of its own.
    const id = resource.type === "storage.bucket" && (await this.bucket(resource.id))?.resourceId;
    return listBindings(id ? { ...resource, id } : resource, this.cloud);
  }

  /** Returns the container of a resource; undefined for an organization. */
  private async parentOf(resource: Resource): Promise<Resource | "unknown" | undefined> {
    const { type, id } = resource;
    if (type === "organization-manager.organization") return undefined;
    if (type === "resource-manager.cloud" || type === "resource-manager.folder") {
      const parentId = (await this.container(resource))?.parentId;
      const parent =
        type === "resource-manager.folder" ? "resource-manager.cloud" : "organization-manager.organization";
      return parentId ? { type: parent, id: parentId } : "unknown";
    }
    const reads: Readonly<Record<string, () => Promise<{ readonly folderId: string } | undefined>>> = {
      "kms.symmetricKey": () => this.key(id),
      "storage.bucket": () => this.bucket(id),
    };
    const found = await (reads[type] ?? (() => this.account(id)))();
    return found ? { type: "resource-manager.folder", id: found.folderId } : "unknown";
  }

  private once<T>(what: string, id: string, read: () => Promise<T>): Promise<T> {
    const name = `${what} ${id}`;
    const known = (this.known.get(name) as Promise<T> | undefined) ?? read();
    this.known.set(name, known);
    return known;
  }
}
