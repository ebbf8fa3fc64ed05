import type { Resource } from "./stack";
import { at, isUnknown, listAt, type Properties, show, type Unknown, unknown, type Value } from "./values";

export const organization = "organization-manager.organization";

/** Returns the scopes of a trail's management events, from the current property or the older one. */
export function managementScopes({ properties }: Resource): readonly Value[] | Unknown {
  const today = listAt(properties, "filteringPolicy.managementEventsFilter.resourceScopes");
  const whole = at(properties, "filter.pathFilter.anyFilter");
  const parts = listAt(properties, "filter.pathFilter.someFilter.anyFilters");
  if ([today, whole, parts].includes(unknown)) return unknown;
  return [...(today as Value[]), ...(whole ? [whole] : []), ...(parts as Value[])];
}

/** Returns every scope of a trail, including those of its data events. */
export function allScopes(trail: Resource): readonly Value[] | Unknown {
  const { properties } = trail;
  const management = managementScopes(trail);
  const dataFilters = listAt(properties, "filteringPolicy.dataEventsFilters");
  const eventFilters = listAt(properties, "filter.eventFilters");
  if (isUnknown(management) || isUnknown(dataFilters) || isUnknown(eventFilters)) return unknown;
  const lists = [
    management,
    ...dataFilters.map((filter) => listAt(filter, "resourceScopes")),
    ...eventFilters.map((filter) => listAt(filter, "pathFilter.someFilter.anyFilters")),
    ...eventFilters.map((filter) => {
      const whole = at(filter, "pathFilter.anyFilter");
      return isUnknown(whole) ? unknown : whole ? [whole] : [];
    }),
  ];
  return lists.includes(unknown) ? unknown : (lists as Value[][]).flat();
}

/** Returns the name of a scope in messages. */
export const nameScope = (scope: Value): string =>
  `${show((scope as Properties)?.resourceType)} ${show((scope as Properties)?.resourceId)}`;
