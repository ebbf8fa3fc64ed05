import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { filtered, ordered, type PageRequest, pageAs, pageOf } from "./paging";
import { operationMessage } from "./service";

export interface InFolder extends PageRequest {
  readonly folderId: string;
  readonly orderBy?: string;
}

interface Listed {
  readonly folderId: string;
  readonly name: string;
  readonly createdAt: string;
}

/** Returns a page of the resources in a folder, as the response's `field`. */
export function listIn<T extends Listed>(
  cloud: Cloud,
  call: Call,
  request: InFolder,
  field: string,
  permission: string,
  all: () => readonly T[],
): object {
  const { id } = cloud.tree.require("resource-manager.folder", request.folderId);
  cloud.access.require(call.subject, permission, id);
  const fields = ["name", "createdAt"] as const;
  const inFolder = filtered(
    all().filter(({ folderId }) => folderId === id),
    request.filter,
    fields,
  );
  return pageAs(field, ordered(inFolder, request.orderBy, fields), request);
}

/** Returns a page of the operations on a resource, newest first. Callers must check that the client may read the resource. */
export function listOperations(cloud: Cloud, resourceId: string, page: PageRequest): object {
  const { items, nextPageToken } = pageOf(cloud.operations.of(resourceId), page);
  return { operations: items.map(operationMessage), nextPageToken };
}
