import type { CloudApi } from "./connection";

/** What the provider does not show of a trail. */
export interface TrailState {
  readonly status: "ACTIVE" | "ERROR" | "DELETED" | "STATUS_UNSPECIFIED";
  /** The service's own words for status ERROR; empty otherwise. */
  readonly statusErrorMessage: string;
  /** When the trail was created or changed, RFC 3339; absent if the service does not say. */
  readonly updatedAt?: string;
  readonly serviceAccountId?: string;
  readonly destination?: { readonly objectStorage?: { readonly bucketId: string } };
  readonly filteringPolicy?: {
    readonly managementEventsFilter?: Scoped;
    readonly dataEventsFilters?: readonly Scoped[];
  };
}

interface Scoped {
  readonly resourceScopes: readonly { readonly id: string; readonly type: string }[];
}

/**
 * Reads a trail through the API.
 *
 * @throws {Error} if the call fails; its message holds no credentials.
 */
export async function readTrail(trailId: string, cloud: CloudApi): Promise<TrailState> {
  const { TrailServiceClient } = await import("@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service");
  const { Trail } = await import("@yandex-cloud/nodejs-sdk/audittrails-v1/trail");
  const client = cloud.session.client(TrailServiceClient, cloud.addressOf("audittrails"));
  return Trail.toJSON(await client.get({ trailId })) as TrailState;
}
