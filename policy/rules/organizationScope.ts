import { type Finding, type Rule, unknownFinding } from "../rule";
import { managementScopes, nameScope, organization } from "../scopes";
import type { Resource } from "../stack";
import { at, isUnknown, unknown } from "../values";

export const organizationScope: Rule = {
  name: "organization-scope",
  description: "A trail collects the management events of the whole organization.",
  level: "mandatory",
  check: (stack) => stack.trails.flatMap(({ resource }) => scopeFindings(resource)),
};

function scopeFindings(trail: Resource): Finding[] {
  const scopes = managementScopes(trail);
  const types = isUnknown(scopes) ? [unknown] : scopes.map((scope) => at(scope, "resourceType"));
  if (types.includes(organization)) return [];
  if (isUnknown(scopes) || types.includes(unknown))
    return [unknownFinding(trail, `the scopes of management events of the trail "${trail.name}".`)];
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
