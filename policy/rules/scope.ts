import { cannotTell, type Finding, type Rule } from "../rule";
import type { Resource } from "../stack";
import { at, isUnknown, listAt, type Properties, show, type Unknown, unknown, type Value } from "../values";

export const organization = "organization-manager.organization";

/** Returns the scopes of a trail's management events, from the current property or the older one. */
function managementScopes({ properties }: Resource): readonly Value[] | Unknown {
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

const nameScope = (scope: Value): string =>
  `${show((scope as Properties)?.resourceType)} ${show((scope as Properties)?.resourceId)}`;

export const scopeRules: readonly Rule[] = [
  {
    name: "organization-scope",
    description: "A trail collects the management events of the whole organization.",
    level: "mandatory",
    check: (stack) => stack.trails.flatMap(({ resource }) => scopeFindings(resource)),
  },
];

function scopeFindings(trail: Resource): Finding[] {
  const scopes = managementScopes(trail);
  const types = isUnknown(scopes) ? [unknown] : scopes.map((scope) => at(scope, "resourceType"));
  if (types.includes(organization)) return [];
  if (isUnknown(scopes) || types.includes(unknown))
    return [cannotTell(trail, `the scopes of management events of the trail "${trail.name}".`)];
  const seen = scopes.length > 0 ? scopes.map(nameScope).join(", ") : "nothing";
  return [
    {
      resource: trail,
      message:
        `The trail "${trail.name}" collects management events of ${seen}. Add to its managementEventsFilter a resource scope of ` +
        `the type ${organization}. If a narrower scope is intended, name the trail in "except".`,
    },
  ];
}
