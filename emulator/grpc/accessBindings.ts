import type { Cloud } from "../backend/cloud";
import type { AccessBinding } from "../backend/iam/access";
import type { BoundKind, Delta } from "../backend/iam/accessBindings";
import { type PageRequest, pageAs } from "./paging";
import { type Method, operation } from "./service";

interface OfResource {
  readonly resourceId: string;
}

/** Returns the access binding methods, which are the same for all kinds of resources. */
export function accessBindingMethods(cloud: Cloud, kind: BoundKind): Record<string, Method> {
  return {
    listAccessBindings: (call, { resourceId, ...page }: OfResource & PageRequest) =>
      pageAs("accessBindings", cloud.accessBindings.list(call, kind, resourceId), page),
    setAccessBindings: operation(
      (call, { resourceId, accessBindings }: OfResource & { accessBindings: readonly AccessBinding[] }) =>
        cloud.accessBindings.set(call, kind, resourceId, accessBindings),
    ),
    updateAccessBindings: operation(
      (call, { resourceId, accessBindingDeltas }: OfResource & { accessBindingDeltas: readonly Delta[] }) =>
        cloud.accessBindings.update(call, kind, resourceId, accessBindingDeltas),
    ),
  };
}
