import type { TrailState } from "../../api/trails";
import type { DataEventsSettings, TrailSettings } from "../../components/auditTrails/args";
import { ScopeType } from "../../components/choices";
import * as values from "../../components/values";
import { inert } from "../inert";

type Policy = NonNullable<TrailState["filteringPolicy"]>;
type Scopes = NonNullable<Policy["managementEventsFilter"]>["resourceScopes"];
type Chosen = Pick<TrailSettings, "clouds" | "folders">;

/** Translates a trail into settings of the configuration, and names what the configuration cannot express. */
export function trailSettingsFrom(
  trail: TrailState,
  organizationId: string | undefined,
): { readonly settings: TrailSettings; readonly faults: readonly string[] } {
  const { name, description, destination, filteringPolicy } = trail;
  const faults: string[] = [];
  const valid = (what: string, schema: typeof values.name, value: string | undefined) => {
    const issue = value ? schema.safeParse(value).error?.issues[0] : undefined;
    if (issue) faults.push(`its ${what} is ${JSON.stringify(value)}, which ${issue.message}`);
    return value || undefined;
  };

  const chosen = (scopes: Scopes, of: string): Chosen | undefined => {
    const ids = (type: string) => scopes.flatMap((scope) => (scope.type === type ? [scope.id] : []));
    const byId = (all: readonly string[]) =>
      all.length > 0 ? Object.fromEntries(all.map((id) => [id, id])) : undefined;
    const [organizations, clouds, folders] = Object.values(ScopeType).map(ids) as [
      string[],
      string[],
      string[],
    ];
    const others = scopes.filter(({ type }) => !(Object.values(ScopeType) as string[]).includes(type));
    for (const { type, id } of others)
      faults.push(
        `${of} are collected from ${inert(id)}, a ${inert(type)}; the configuration allows organizations, clouds and folders only`,
      );
    if (organizations.length > 0 && clouds.length + folders.length > 0)
      faults.push(
        `${of} are collected from an organization and from clouds or folders; the configuration allows one of the two only`,
      );
    if (organizations.some((id) => id !== organizationId))
      faults.push(
        `${of} are collected from organization ${organizations.join(", ")}, but the trail is in ${organizationId}`,
      );
    return organizations.length > 0 ? undefined : { clouds: byId(clouds), folders: byId(folders) };
  };

  const { managementEventsFilter: management, dataEventsFilters: filters = [] } = filteringPolicy ?? {};
  if (!management && filters.length === 0)
    faults.push(
      "it has no filtering policy. It may have a filter of the older form: save the trail once in the console, which converts the filter",
    );
  const areas = filters.map(({ service, resourceScopes }) =>
    chosen(resourceScopes, `data events of ${inert(service)}`),
  );
  // Scopes of management events. Filters with the same scopes need not repeat them.
  const own = management ? chosen(management.resourceScopes, "management events") : undefined;
  const dataEvents: Record<string, DataEventsSettings> = {};
  for (const [i, { service, includedEvents, excludedEvents, dnsFilter }] of filters.entries()) {
    const area = areas[i];
    if (service in dataEvents) faults.push(`it has two filters for data events of ${inert(service)}`);
    if (dnsFilter)
      faults.push("data events of dns have a filter of their own, which the configuration cannot express");
    if (!values.service.safeParse(service).success)
      faults.push(`${JSON.stringify(service)} is not the name of a service`);
    for (const types of [includedEvents?.eventTypes, excludedEvents?.eventTypes])
      if (types?.length && !values.eventTypes.safeParse(types).success)
        faults.push(
          `data events of ${inert(service)} are filtered by ${types.map((type) => JSON.stringify(type)).join(", ")}, which are not event types`,
        );
    if (area === undefined && own !== undefined)
      faults.push(
        `data events of ${inert(service)} are collected from the organization, but management events from a part of it; the configuration cannot express that`,
      );
    const isShared = JSON.stringify(area) === JSON.stringify(own);
    dataEvents[service] = {
      includedEvents: given(includedEvents?.eventTypes),
      excludedEvents: given(excludedEvents?.eventTypes),
      ...(isShared ? undefined : area),
    };
  }
  const settings: TrailSettings = {
    name: valid("name", values.name, name),
    description: valid("description", values.description, description),
    ...own,
    managementEvents: management ? undefined : false,
    dataEvents: filters.length > 0 ? dataEvents : undefined,
    objectPrefix: valid("object prefix", values.objectPrefix(true), destination?.objectStorage?.objectPrefix),
  };
  return { settings: known(settings), faults };
}

const given = (types: readonly string[] | undefined): string[] | undefined =>
  types && types.length > 0 ? [...types] : undefined;

/** Returns settings without undefined values. */
export const known = <T extends object>(settings: T): T =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        typeof value === "object" && value !== null && !Array.isArray(value) ? known(value) : value,
      ]),
  ) as T;
