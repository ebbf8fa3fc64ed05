import type { CloudApi } from "./connection";

/** How many a cloud may hold, and holds. */
export interface Quota {
  readonly limit: number;
  readonly usage: number;
}

/**
 * Reads a quota of a cloud: https://yandex.cloud/en/docs/quota-manager/concepts.
 *
 * @returns nothing if the service does not say how many there are.
 * @throws {ServiceError} if the call fails, for want of the role `quota-manager.viewer` for example.
 */
export async function readQuota(
  cloudId: string,
  quotaId: string,
  cloud: CloudApi,
): Promise<Quota | undefined> {
  const { QuotaLimitServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/quotamanager-v1/quota_limit_service"
  );
  const resource = { id: cloudId, type: "resource-manager.cloud" };
  const { limit, usage } = await cloud.call("quota-manager", QuotaLimitServiceService.get, {
    resource,
    quotaId,
  });
  return limit === undefined || usage === undefined ? undefined : { limit, usage };
}
