import type { Cloud } from "../backend/cloud";
import type { AccessBinding } from "../backend/iam/access";
import type { BoundKind } from "../backend/iam/accessBindings";
import { pageAs } from "./paging";
import { type Method, pending } from "./service";

/** The messages of yandex.cloud.access, which the SDK keeps to itself. */
interface ListAccessBindingsRequest {
  readonly resourceId: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

interface SetAccessBindingsRequest {
  readonly resourceId: string;
  readonly accessBindings: readonly AccessBinding[];
}

interface UpdateAccessBindingsRequest {
  readonly resourceId: string;
  readonly accessBindingDeltas: readonly {
    readonly action: number;
    readonly accessBinding?: AccessBinding;
  }[];
}

/** Values of yandex.cloud.access.AccessBindingAction. */
const actions = ["ACCESS_BINDING_ACTION_UNSPECIFIED", "ADD", "REMOVE"] as const;

/** The access binding methods that services of many kinds of resource share. */
export function accessBindingMethods(cloud: Cloud, kind: BoundKind): Record<string, Method> {
  return {
    listAccessBindings: (call, request) => {
      const { resourceId, pageSize, pageToken } = request as ListAccessBindingsRequest;
      const all = cloud.accessBindings.list(call, kind, resourceId);
      return pageAs("accessBindings", all, { pageSize, pageToken });
    },
    setAccessBindings: (call, request) => {
      const { resourceId, accessBindings } = request as SetAccessBindingsRequest;
      return pending(cloud.accessBindings.set(call, kind, resourceId, accessBindings));
    },
    updateAccessBindings: (call, request) => {
      const { resourceId, accessBindingDeltas } = request as UpdateAccessBindingsRequest;
      const deltas = accessBindingDeltas.map(({ action, accessBinding }) => ({
        action: actions[action] ?? actions[0],
        accessBinding,
      }));
      return pending(cloud.accessBindings.update(call, kind, resourceId, deltas));
    },
  };
}
