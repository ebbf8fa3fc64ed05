import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import type { Quotas } from "../backend/limits";
import { type PageRequest, pageAs } from "./paging";
import type { Service } from "./service";

interface Counted {
  readonly quota: Exclude<keyof Quotas, "storageBytes">;
  /** Type of the counted resources. */
  readonly type: string;
}

/** Ids of quotas: the limits page of each service. */
const counted: Readonly<Record<string, Counted>> = {
  "audit-trails.trails.count": { quota: "trails", type: "audit-trails.trail" },
  "iam.serviceAccounts.count": { quota: "serviceAccounts", type: "iam.serviceAccount" },
  "storage.buckets.count": { quota: "buckets", type: "storage.bucket" },
};

interface OfResource {
  readonly resource?: { readonly id: string; readonly type: string };
}

/** Returns the service for limits and use of quotas: https://yandex.cloud/en/docs/quota-manager/api-ref/grpc/QuotaLimit */
export function quotaLimitService(cloud: Cloud): Service {
  const limitOf = (call: Call, { resource }: OfResource, quotaId: string): object => {
    const { id } = cloud.tree.require("resource-manager.cloud", resource?.id ?? "");
    cloud.access.require(call.subject, "quota-manager.quotaLimits.get", id);
    const of = counted[quotaId];
    if (!of) throw new CloudError("NOT_FOUND", `Quota ${quotaId} not found`);
    return { quotaId, limit: cloud.quotas[of.quota], usage: cloud.tree.count(of.type, id) };
  };
  return {
    name: "yandex.cloud.quotamanager.v1.QuotaLimitService",
    methods: {
      get: (call, request: OfResource & { quotaId: string }) => limitOf(call, request, request.quotaId),
      list: (call, request: OfResource & PageRequest & { service: string }) => {
        const ids = Object.keys(counted).filter((id) => id.startsWith(`${request.service}.`));
        const limits = ids.map((id) => limitOf(call, request, id));
        return { resource: request.resource, ...pageAs("quotaLimits", limits, request) };
      },
    },
  };
}
