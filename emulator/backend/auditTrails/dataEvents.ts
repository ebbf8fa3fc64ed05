import type { Caller } from "../calls";
import { CloudError } from "../errors";
import type { ResourceTree } from "../resourceManager/resourceTree";
import type { Requester } from "../storage/bucketAccess";
import type { AuditLog } from "./auditLog";
import type { Trail } from "./trail";
import { policyOf, wants } from "./trailFilters";

/** Access to data that has a result of type `T`. */
export interface DataAccess<T> {
  /** Event type without `yandex.cloud.audit.`, such as `storage.ObjectCreate`. */
  readonly event: string;
  /** Id of the resource that holds the data. */
  readonly on: string;
  readonly details: object;
  /** Parameters of the request; absent if the vendor's records do not show them. */
  readonly parameters?: object;
  /** Returns the fields of the record that depend on the result of the access. */
  readonly after?: (result: T) => { readonly details?: object; readonly response?: object };
}

/** Services of the cloud that this one uses. */
interface Needs {
  readonly tree: ResourceTree;
  readonly auditLog: AuditLog;
  readonly trails: { all(): readonly Trail[] };
}

/**
 * Data events. There are many, so an event is kept only if a trail collects it when it happens. Management events are
 * always kept.
 */
export class DataEvents {
  constructor(private readonly cloud: Needs) {}

  /** Calls `work`, and records its success or failure. @throws the error of `work`. */
  observe<T>(by: Requester, { event, on, details, parameters, after }: DataAccess<T>, work: () => T): T {
    const trails = this.cloud.trails.all().filter((trail) => policyOf(trail).dataEventsFilters?.length);
    if (trails.length === 0) return work();
    const path = this.cloud.tree.path(on);
    const record = (outcome: { details?: object; response?: object; error?: CloudError }) => {
      const { error, response } = outcome;
      const isDenied = error?.code === "PERMISSION_DENIED";
      const row = this.cloud.auditLog.eventOf(callerOf(by), {
        event,
        authorized: !isDenied,
        path,
        parameters,
        details: { ...details, ...outcome.details },
        response,
        error,
      });
      const isWanted = trails.some((trail) => wants(trail, { event: row, isDataEvent: true }));
      if (isWanted) this.cloud.auditLog.append(row, true);
    };
    try {
      const result = work();
      record(after?.(result) ?? {});
      return result;
    } catch (error) {
      if (error instanceof CloudError) record({ error });
      throw error;
    }
  }
}

/** Address and agent of the cloud's own services in records: https://yandex.cloud/en/docs/audit-trails/concepts/format. */
const itself = { remoteAddress: "cloud.yandex", userAgent: "Yandex Cloud" };

function callerOf(by: Requester): Caller {
  const subject = { id: by.id, type: by.type };
  return by.call ?? { subject, requestId: "", maskedToken: "", ...itself };
}
