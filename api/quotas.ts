import type { CloudApi } from "./connection";

/** Quota of a cloud: the limit, and how much of it is used. */
export interface Quota {
  readonly limit: number;
  readonly usage: number;
}

/**
 * Reads a quota of a cloud: https://yandex.cloud/en/docs/quota-manager/concepts.
 *
 * @returns undefined if the service does not return both limit and usage.
 * @throws {ServiceError} if the call fails, for example because the role `quota-manager.viewer` is missing.
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
