import { recordedBinding } from "../auditTrails/auditLog";
import type { Call } from "../calls";
import type { Changes } from "../changes";
import { CloudError } from "../errors";
import type { Operation, Operations } from "../operations";
import type { ResourceTree } from "../resourceManager/resourceTree";
import type { Buckets } from "../storage/buckets";
import type { Access, AccessBinding, Subject } from "./access";
import type { Groups } from "./groups";
import { permissionsOf } from "./roles";

export interface Delta {
  readonly action: "ADD" | "REMOVE" | string;
  readonly accessBinding?: AccessBinding;
}

interface Kind {
  /** The vendor's name of the resource's kind. */
  readonly type: string;
  readonly permissions: string;
  readonly event: string;
  /** Name in records. */
  readonly noun: string;
  readonly idPrefix: string;
  /** Type of the finished operation's response. */
  readonly response: string;
}

/** Kinds of resources whose bindings can be changed. */
const kinds = {
  organization: {
    type: "organization-manager.organization",
    permissions: "organization-manager.organizations",
    event: "organizationmanager.UpdateOrganizationAccessBindings",
    noun: "organization",
    idPrefix: "bpf",
    response: "google.protobuf.Empty",
  },
  cloud: {
    type: "resource-manager.cloud",
    permissions: "resource-manager.clouds",
    event: "resourcemanager.UpdateCloudAccessBindings",
    noun: "cloud",
    idPrefix: "b1g",
    response: "yandex.cloud.access.AccessBindingsOperationResult",
  },
  folder: {
    type: "resource-manager.folder",
    permissions: "resource-manager.folders",
    event: "resourcemanager.UpdateFolderAccessBindings",
    noun: "folder",
    idPrefix: "b1g",
    response: "yandex.cloud.access.AccessBindingsOperationResult",
  },
  symmetricKey: {
    type: "kms.symmetricKey",
    permissions: "kms.keys",
    event: "kms.UpdateSymmetricKeyAccessBindings",
    noun: "key",
    idPrefix: "abj",
    response: "google.protobuf.Empty",
  },
  serviceAccount: {
    type: "iam.serviceAccount",
    permissions: "iam.serviceAccounts",
    event: "iam.UpdateServiceAccountAccessBindings",
    noun: "serviceAccount",
    idPrefix: "aje",
    response: "yandex.cloud.access.AccessBindingsOperationResult",
  },
  bucket: {
    type: "storage.bucket",
    permissions: "storage.buckets",
    event: "storage.BucketAccessBindingsUpdate",
    noun: "bucket",
    idPrefix: "e3e",
    response: "google.protobuf.Empty",
  },
  trail: {
    type: "audit-trails.trail",
    permissions: "audit-trails.trails",
    event: "audittrails.UpdateTrailAccessBindings",
    noun: "trail",
    idPrefix: "cnp",
    response: "google.protobuf.Empty",
  },
} as const satisfies Record<string, Kind>;

export type BoundKind = keyof typeof kinds;

/** Maximum number of deltas or bindings of one call, and longest ids: the vendor's yandex.cloud.access messages. */
const mostDeltas = 1000;
const longestRoleId = 64;
const longestSubject = 100;

/** Ids of system groups and public groups: https://yandex.cloud/en/docs/iam/concepts/access-control/system-group */
const systemSubject = /^(allUsers|allAuthenticatedUsers|group:(organization|federation):[^:]+:users)$/;

/** Services of the cloud that this one uses. */
interface Needs {
  readonly tree: ResourceTree;
  readonly groups: Groups;
  readonly access: Access;
  readonly changes: Changes;
  readonly operations: Operations;
  readonly buckets: Buckets;
}

/** Calls that list and update the bindings of all kinds of resources. */
export class AccessBindings {
  constructor(private readonly cloud: Needs) {}

  list(call: Call, kind: BoundKind, resourceId: string): AccessBinding[] {
    const { type, permissions } = kinds[kind];
    const { id } = this.cloud.tree.require(type, this.resolve(kind, resourceId));
    this.cloud.access.require(call.subject, `${permissions}.listAccessBindings`, id);
    return this.cloud.access.list(id);
  }

  /**
   * Adds and removes bindings, all or none.
   *
   * @throws {CloudError} PERMISSION_DENIED also if the caller lacks a permission of the granted role.
   */
  update(call: Call, kind: BoundKind, resourceId: string, deltas: readonly Delta[]): Operation {
    return this.change(call, kind, resourceId, "Update", { accessBindingDeltas: deltas }, () => deltas);
  }

  /** Replaces all bindings. @throws {CloudError} as {@link update}. */
  set(call: Call, kind: BoundKind, resourceId: string, bindings: readonly AccessBinding[]): Operation {
    return this.change(call, kind, resourceId, "Set", { accessBindings: bindings }, (current) => {
      const has = (all: readonly AccessBinding[], one: AccessBinding) =>
        all.some(
          ({ roleId, subject }) =>
            roleId === one.roleId && subject.id === one.subject.id && subject.type === one.subject.type,
        );
      return [
        ...bindings
          .filter((one) => !has(current, one))
          .map((accessBinding) => ({ action: "ADD", accessBinding })),
        ...current
          .filter((one) => !has(bindings, one))
          .map((accessBinding) => ({ action: "REMOVE", accessBinding })),
      ];
    });
  }

  private change(
    call: Call,
    kind: BoundKind,
    given: string,
    verb: "Set" | "Update",
    asked: object,
    deltasFor: (current: readonly AccessBinding[]) => readonly Delta[],
  ): Operation {
    const { type, permissions, event, idPrefix, response } = kinds[kind];
    const { id: resourceId } = this.cloud.tree.require(type, this.resolve(kind, given));
    const deltas = deltasFor(this.cloud.access.list(resourceId));
    const change = {
      // Object Storage has one event for both.
      event: verb === "Set" && kind !== "bucket" ? event.replace("Update", "Set") : event,
      permission: `${permissions}.updateAccessBindings`,
      on: resourceId,
      parameters: { resourceId: given, ...asked },
      details:
        kind === "bucket" ? this.bucketDetails(resourceId, deltas) : this.details(kind, resourceId, deltas),
    };
    return this.cloud.changes.make(call, change, () => {
      if (deltas.length > mostDeltas || (verb === "Update" && deltas.length === 0))
        throw new CloudError("INVALID_ARGUMENT", `A call needs 1 to ${mostDeltas} deltas`);
      const bindings = deltas.map(({ action, accessBinding }) => {
        if (!accessBinding || (action !== "ADD" && action !== "REMOVE"))
          throw new CloudError("INVALID_ARGUMENT", "A delta needs an action and an access binding");
        if (action === "ADD") this.requireGrantable(call, accessBinding, resourceId);
        return { action, accessBinding };
      });
      for (const { action, accessBinding } of bindings)
        if (action === "ADD") this.cloud.access.add(resourceId, accessBinding);
        else this.cloud.access.remove(resourceId, accessBinding);
      const result = this.cloud.operations.finished(
        call,
        idPrefix,
        `${verb} access bindings`,
        { type: `yandex.cloud.access.${verb}AccessBindingsMetadata`, value: { resourceId } },
        { type: response, value: { effectiveDeltas: bindings } },
      );
      return { result, ...(kind !== "bucket" && { response: result.response?.value }) };
    });
  }

  /** Returns the details of records, such as https://yandex.cloud/en/docs/audit-trails/audit/resourcemanager/events-ref/UpdateFolderAccessBindings */
  private details(kind: Exclude<BoundKind, "bucket">, id: string, deltas: readonly Delta[]): object {
    const { noun } = kinds[kind];
    return {
      [`${noun}Id`]: id,
      [`${noun}Name`]: this.cloud.tree.get(id)?.name,
      accessBindingDeltas: deltas.map(({ action, accessBinding }) => ({
        action,
        accessBinding: accessBinding && recordedBinding(this.cloud.tree, accessBinding),
      })),
    };
  }

  /** Returns the details of records: https://yandex.cloud/en/docs/audit-trails/audit/storage/events-ref/BucketAccessBindingsUpdate */
  private bucketDetails(bucketName: string, deltas: readonly Delta[]): object {
    const { tags, resourceId } = this.cloud.buckets.require(bucketName);
    const numbers: Readonly<Record<string, string>> = { ADD: "1", REMOVE: "2" };
    return {
      bucketId: bucketName,
      deltas: deltas.map(({ action, accessBinding }) => ({ accessBinding, action: numbers[action] })),
      tags,
      resourceId,
    };
  }

  /** Returns the id of a resource. Buckets have a name, and here also the id that the vendor's other clients use. */
  private resolve(kind: BoundKind, id: string): string {
    const named = kind === "bucket" && this.cloud.buckets.all().find(({ resourceId }) => resourceId === id);
    return named ? named.name : id;
  }

  /** Checks whether a subject exists. Users are not registered here, so any other id can be a user. */
  private isSubject({ type, id }: Subject): boolean {
    const isAccount = this.cloud.tree.get(id)?.type === "iam.serviceAccount";
    const isGroup = this.cloud.groups.has(id);
    const isSystem = systemSubject.test(id);
    const is: Readonly<Record<string, boolean>> = {
      serviceAccount: isAccount,
      group: isGroup,
      system: isSystem,
      userAccount: id !== "" && !isAccount && !isGroup && !isSystem,
      federatedUser: id !== "" && !isAccount && !isGroup && !isSystem,
    };
    return is[type] ?? false;
  }

  /** Checks that the caller has all permissions of the granted role: https://yandex.cloud/en/docs/iam/operations/roles/grant */
  private requireGrantable(call: Call, { roleId, subject }: AccessBinding, resourceId: string): void {
    if (
      roleId.length > longestRoleId ||
      subject.id.length > longestSubject ||
      subject.type.length > longestSubject
    )
      throw new CloudError("INVALID_ARGUMENT", "The role or subject is too long");
    if (!this.isSubject(subject))
      throw new CloudError("INVALID_ARGUMENT", `There is no ${subject.type} ${subject.id}`);
    for (const permission of permissionsOf(roleId) ?? [])
      this.cloud.access.require(call.subject, permission, resourceId);
  }
}
