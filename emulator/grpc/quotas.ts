import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import type { Quotas } from "../backend/limits";
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

interface QuotaOfCloud {
  readonly resource?: { readonly id: string };
  readonly quotaId: string;
}

/** Returns the service for limits and use of quotas: https://yandex.cloud/en/docs/quota-manager/api-ref/grpc/QuotaLimit */
export const quotaLimitService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.quotamanager.v1.QuotaLimitService",
  methods: {
    get: (call, { resource, quotaId }: QuotaOfCloud) => {
      const { id } = cloud.tree.require("resource-manager.cloud", resource?.id ?? "");
      cloud.access.require(call.subject, "quota-manager.quotaLimits.get", id);
      const of = counted[quotaId];
      if (!of) throw new CloudError("NOT_FOUND", `Quota ${quotaId} not found`);
      return { quotaId, limit: cloud.quotas[of.quota], usage: cloud.tree.count(of.type, id) };
    },
  },
});
