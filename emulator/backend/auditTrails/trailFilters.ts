import { CloudError } from "../errors";
import type { EventRow } from "./auditLog";

export interface ResourceScope {
  readonly id: string;
  readonly type: string;
}

interface EventTypes {
  readonly eventTypes: readonly string[];
}

interface DataEventsFilter {
  readonly service: string;
  readonly resourceScopes?: readonly ResourceScope[];
  readonly includedEvents?: EventTypes;
  readonly excludedEvents?: EventTypes;
  readonly dnsFilter?: object;
}

export interface FilteringPolicy {
  readonly managementEventsFilter?: { readonly resourceScopes?: readonly ResourceScope[] };
  readonly dataEventsFilters?: readonly DataEventsFilter[];
}

/** An element of the deprecated filter: a resource, or some of its contents. */
interface PathElement {
  readonly anyFilter?: { readonly resource?: ResourceScope };
  readonly someFilter?: { readonly filters?: readonly PathElement[] };
}

interface PathFilter {
  readonly root?: PathElement;
}

/** The deprecated filter: https://yandex.cloud/en/docs/audit-trails/api-ref/grpc/Trail/create */
export interface LegacyFilter {
  readonly pathFilter?: PathFilter;
  readonly eventFilter?: {
    readonly filters?: readonly {
      readonly service: string;
      readonly categories?: readonly { readonly plane?: string }[];
      readonly pathFilter?: PathFilter;
    }[];
  };
}

interface Filtered {
  readonly filteringPolicy?: FilteringPolicy;
  readonly filter?: LegacyFilter;
}

/** Returns the filtering policy of a trail. A deprecated filter becomes the policy with the same meaning. */
export function policyOf({ filteringPolicy, filter }: Filtered): FilteringPolicy {
  const isSet = filteringPolicy?.managementEventsFilter || filteringPolicy?.dataEventsFilters?.length;
  if (isSet || !filter) return filteringPolicy ?? {};
  const root = filter.pathFilter?.root;
  const dataFilters = (filter.eventFilter?.filters ?? []).filter(
    ({ categories = [] }) =>
      categories.length === 0 || categories.some(({ plane }) => plane === "DATA_PLANE"),
  );
  return {
    ...(root && { managementEventsFilter: { resourceScopes: resourcesOf(root) } }),
    dataEventsFilters: dataFilters.map(({ service, pathFilter }) => ({
      service,
      resourceScopes: pathFilter?.root ? resourcesOf(pathFilter.root) : [],
    })),
  };
}

function resourcesOf({ anyFilter, someFilter }: PathElement): ResourceScope[] {
  if (anyFilter?.resource) return [anyFilter.resource];
  return (someFilter?.filters ?? []).flatMap(resourcesOf);
}

/** Maximum numbers of each: the vendor's yandex.cloud.audittrails.v1.Trail. */
const mostScopes = 1024;
const mostEventTypes = 1024;
const mostDataFilters = 127;
const longestScopeId = 64;
const longestScopeType = 50;

/** Checks a policy. @throws {CloudError} INVALID_ARGUMENT for an invalid policy, or one without a filter. */
export function requireValidPolicy({
  managementEventsFilter,
  dataEventsFilters = [],
}: FilteringPolicy): void {
  if (!managementEventsFilter && dataEventsFilters.length === 0)
    refuse("filtering_policy needs at least one filter");
  if (dataEventsFilters.length > mostDataFilters)
    refuse(`filtering_policy must have at most ${mostDataFilters} filters of data events`);
  if (managementEventsFilter) requireValidScopes("management_events_filter", managementEventsFilter);
  // One filter for each service: https://yandex.cloud/en/docs/audit-trails/api-ref/Trail/create
  if (new Set(dataEventsFilters.map(({ service }) => service)).size < dataEventsFilters.length)
    refuse("filtering_policy must have one filter of data events for each service");
  for (const filter of dataEventsFilters) {
    const name = `data_events_filters of ${filter.service}`;
    if (!filter.service) refuse("data_events_filters need a service");
    requireValidScopes(name, filter);
    for (const list of [filter.includedEvents, filter.excludedEvents])
      if (list && (list.eventTypes.length === 0 || list.eventTypes.length > mostEventTypes))
        refuse(`${name} need 1 to ${mostEventTypes} event types`);
    if (filter.dnsFilter && filter.service !== "dns") refuse(`${name} must have no dns_filter`);
  }
}

function requireValidScopes(
  name: string,
  { resourceScopes = [] }: { resourceScopes?: readonly ResourceScope[] },
) {
  if (resourceScopes.length === 0 || resourceScopes.length > mostScopes)
    refuse(`${name} need 1 to ${mostScopes} resource_scopes`);
  for (const { id, type } of resourceScopes)
    if (!id || !type || id.length > longestScopeId || type.length > longestScopeType)
      refuse(`${name} have a resource scope without id or type, or with an id or type that is too long`);
}

function refuse(message: string): never {
  throw new CloudError("INVALID_ARGUMENT", message);
}

/** Returns all scopes of a trail. */
export function scopesOf(trail: Filtered): readonly ResourceScope[] {
  const { managementEventsFilter, dataEventsFilters = [] } = policyOf(trail);
  return [managementEventsFilter, ...dataEventsFilters].flatMap((filter) => filter?.resourceScopes ?? []);
}

/** Checks whether a trail delivers an event. */
export function wants(trail: Filtered, { event, isDataEvent }: Omit<EventRow, "sequence">): boolean {
  const isWithin = ({ resourceScopes = [] }: { resourceScopes?: readonly ResourceScope[] }) =>
    resourceScopes.some(({ id, type }) =>
      event.resource_metadata.path.some((part) => part.resource_id === id && part.resource_type === type),
    );
  const { managementEventsFilter, dataEventsFilters = [] } = policyOf(trail);
  if (!isDataEvent) return managementEventsFilter !== undefined && isWithin(managementEventsFilter);
  return dataEventsFilters.some(
    (filter) =>
      filter.service === event.event_source &&
      (filter.includedEvents?.eventTypes.includes(event.event_type) ?? true) &&
      !filter.excludedEvents?.eventTypes.includes(event.event_type) &&
      isWithin(filter),
  );
}
