import type { CloudApi } from "./connection";
import { listAll, pageSize } from "./listed";

/** A part of the organization whose events a trail collects. */
interface Scope {
  readonly id: string;
  /** Such as `resource-manager.folder`. */
  readonly type: string;
}

interface Scoped {
  readonly resourceScopes: readonly Scope[];
}

interface DataEventsFilter extends Scoped {
  readonly service: string;
  readonly dnsFilter?: object;
  readonly includedEvents?: { readonly eventTypes: readonly string[] };
  readonly excludedEvents?: { readonly eventTypes: readonly string[] };
}

/** A trail, also what the provider does not show of it. */
export interface TrailState {
  readonly folderId?: string;
  readonly name?: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status: "ACTIVE" | "ERROR" | "DELETED" | "STATUS_UNSPECIFIED";
  /** The service's own words for status ERROR; empty otherwise. */
  readonly statusErrorMessage: string;
  /** When the trail was created or changed, RFC 3339; absent if the service does not say. */
  readonly updatedAt?: string;
  readonly serviceAccountId?: string;
  readonly destination?: {
    readonly objectStorage?: { readonly bucketId: string; readonly objectPrefix?: string };
  };
  readonly filteringPolicy?: {
    readonly managementEventsFilter?: Scoped;
    readonly dataEventsFilters?: readonly DataEventsFilter[];
  };
}

/** What a trail is made of that has to be in order elsewhere in the cloud. */
export interface TrailParts {
  readonly serviceAccountId: string;
  readonly scopes: readonly Scope[];
  readonly bucketName: string;
}

/**
 * Reads a trail through the API.
 *
 * @throws {ServiceError} if the call fails; its message holds no credentials.
 */
export async function readTrail(trailId: string, cloud: CloudApi): Promise<TrailState> {
  const { TrailServiceService } = await import("@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service");
  const { Trail } = await import("@yandex-cloud/nodejs-sdk/audittrails-v1/trail");
  return Trail.toJSON(await cloud.call("audittrails", TrailServiceService.get, { trailId })) as TrailState;
}

/**
 * The trail of a folder that has a name.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function findTrail(folderId: string, name: string, cloud: CloudApi) {
  return (await listTrails(folderId, cloud, `name = "${name}"`)).find((trail) => trail.name === name);
}

/**
 * The trails of a folder.
 *
 * @throws {ServiceError} if a call fails.
 */
export async function listTrails(folderId: string, cloud: CloudApi, filter = "") {
  const { ListTrailsRequest, TrailServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service"
  );
  return listAll(
    (pageToken) => {
      const request = ListTrailsRequest.fromPartial({ folderId, pageSize, pageToken, filter });
      return cloud.call("audittrails", TrailServiceService.list, request);
    },
    ({ trails }) => trails,
  );
}

export function partsOf({ serviceAccountId = "", destination, filteringPolicy }: TrailState): TrailParts {
  const { managementEventsFilter, dataEventsFilters = [] } = filteringPolicy ?? {};
  return {
    serviceAccountId,
    scopes: [managementEventsFilter, ...dataEventsFilters].flatMap((filter) => filter?.resourceScopes ?? []),
    bucketName: destination?.objectStorage?.bucketId ?? "",
  };
}
