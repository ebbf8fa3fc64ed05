import type { Call, Change } from "./calls";
import type { Permission } from "./iam/roles";
import { emptyResponse, type Operation } from "./operations";
import type { ResourceNeeds } from "./resourceNeeds";

/** The vendor's names for one kind of resource, with its messages and records. */
export interface ResourceKind<Row> {
  /** Prefix of the ids of operations on such resources. */
  readonly prefix: string;
  /** Name of the kind in descriptions of operations, such as `service account`. */
  readonly noun: string;
  /** Event type of a change without `yandex.cloud.audit.`, such as `kms.CreateSymmetricKey`. */
  readonly event: (verb: string) => string;
  /** Prefix of the permissions on such resources, such as `kms.keys`. */
  readonly permissions: string;
  /** Full name of the resource's protobuf message. */
  readonly message: string;
  /** Full name of the message in the metadata of an operation. */
  readonly metadata: (verb: string) => string;
  /** Name of the field with the resource's id, in requests and in metadata of operations. */
  readonly idField: string;
  readonly idOf: (row: Row) => string;
  /** Returns a resource as the vendor's message. */
  readonly messageOf: (row: Row) => object;
  /** Returns the details of a resource in audit records. */
  readonly detailsOf: (row: Row) => object;
  /** True if records show the message as the response. @default true */
  readonly recordsResponse?: boolean;
  /** True if a deletion answers with the deleted message. @default false */
  readonly deletionReturnsMessage?: boolean;
}

/** Request for a change. */
interface Request extends Pick<Change, "parameters"> {
  /** @default the permission of the verb, such as `kms.keys.create` */
  readonly permission?: Change["permission"];
}

/** A resource after a change. */
interface Changed<Row> {
  readonly row: Row;
  /** Fields of the operation's metadata, in addition to the id. */
  readonly metadata?: object;
  /** Fields of the record's details, in addition to those of the resource. */
  readonly details?: object;
}

/** Changes resources of one kind: checks permissions, records the change, and answers with an operation. */
export class ResourceChanges<Row> {
  constructor(
    private readonly cloud: ResourceNeeds,
    private readonly kind: ResourceKind<Row>,
  ) {}

  /** @param work Function that creates the resource in a folder, by the folder's id. */
  create(
    call: Call,
    { folderId, ...request }: Request & { readonly folderId: string },
    work: (folderId: string) => Changed<Row>,
  ): Operation {
    const { id: on } = this.cloud.tree.require("resource-manager.folder", folderId);
    return this.make(call, "Create", { ...request, on }, () => {
      const changed = work(on);
      return { ...changed, id: this.kind.idOf(changed.row), resource: this.kind.idOf(changed.row) };
    });
  }

  /** @param verb `Update`, or a verb that only this kind has, such as `Rotate`. */
  update(call: Call, row: Row, request: Request, work: () => Changed<Row>, verb = "Update"): Operation {
    const { idOf, detailsOf } = this.kind;
    const id = idOf(row);
    const change = { ...request, on: id, details: detailsOf(row) };
    return this.make(call, verb, change, () => ({ ...work(), id }));
  }

  delete(call: Call, row: Row, work: () => void): Operation {
    const { idField, idOf, detailsOf, messageOf, deletionReturnsMessage } = this.kind;
    const id = idOf(row);
    const message = deletionReturnsMessage ? messageOf(row) : undefined;
    const change = { parameters: { [idField]: id }, on: id, details: detailsOf(row) };
    return this.make(call, "Delete", change, () => {
      work();
      return { id, message };
    });
  }

  private make(
    call: Call,
    verb: string,
    change: Request & Pick<Change, "on" | "details">,
    work: () => Partial<Changed<Row>> & { id: string; resource?: string; message?: object },
  ): Operation {
    const { event, permissions, idField, messageOf, detailsOf, recordsResponse = true } = this.kind;
    const permission = `${permissions}.${verb.toLowerCase()}` as Permission;
    return this.cloud.changes.make(call, { event: event(verb), permission, ...change }, () => {
      const { row, id, resource, metadata, details, message = row && messageOf(row) } = work();
      return {
        ...(resource && { resource }),
        details: { ...(row && detailsOf(row)), ...details },
        ...(recordsResponse && { response: message ?? {} }),
        result: this.operation(call, verb, { [idField]: id, ...metadata }, message),
      };
    });
  }

  private operation(call: Call, verb: string, metadata: object, message: object | undefined): Operation {
    const { prefix, noun, message: type, metadata: metadataType } = this.kind;
    return this.cloud.operations.finished(
      call,
      prefix,
      `${verb} ${noun}`,
      { type: metadataType(verb), value: metadata },
      message ? { type, value: message } : emptyResponse,
    );
  }
}
