import type { CloudApi } from "./connection";
import { listAll, pageSize } from "./listed";

/** Part of the organization whose events a trail collects. */
interface Scope {
  readonly id: string;
  /** Type in the API, such as `resource-manager.folder`. */
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

/** Trail as the API returns it, with fields that the provider does not expose. */
export interface TrailState {
  readonly folderId?: string;
  readonly name?: string;
  readonly description?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly status: "ACTIVE" | "ERROR" | "DELETED" | "STATUS_UNSPECIFIED";
  /** The service's own message for status ERROR; empty otherwise. */
  readonly statusErrorMessage: string;
  /** Time of creation or of the last change, RFC 3339; absent if the service does not return it. */
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

/** Resources that a trail depends on: its account, scopes and bucket. */
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
 * Finds the trail with a given name in a folder.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function findTrail(folderId: string, name: string, cloud: CloudApi) {
  return (await listTrails(folderId, cloud, `name = "${name}"`)).find((trail) => trail.name === name);
}

/**
 * Lists the trails of a folder.
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
