import type { Resource, Trail } from "./stack";
import { at, isText, isUnknown, listAt, show, type Unknown, unknown, type Value } from "./values";

/** Returns the enabled lifecycle rules of a bucket that may apply to logs of its trails. */
export function lifecycleRules(bucket: Resource, trails: readonly Trail[]): readonly Value[] | Unknown {
  const rules = listAt(bucket.properties, "lifecycleRules");
  if (isUnknown(rules) || rules.includes(unknown)) return unknown;
  const prefixes = trails.map(logPrefix);
  return rules.filter((rule) => {
    if (at(rule, "enabled") === false) return false;
    const own = prefixesOf(rule);
    if (own.includes(unknown) || prefixes.includes(unknown)) return true;
    const given = own.filter(isText);
    if (given.length === 0) return true;
    return prefixes.some((logs) =>
      given.some((prefix) => prefix.startsWith(String(logs)) || String(logs).startsWith(prefix)),
    );
  });
}

const prefixesOf = (rule: Value): Value[] =>
  ["prefix", "filter.prefix", "filter.and.prefix"].map((path) => at(rule, path));

/** Returns the prefix of a trail's log keys, as far as it is known. */
function logPrefix({ resource }: Trail): string | Unknown {
  const prefix = at(resource.properties, "storageDestination.objectPrefix");
  if (isUnknown(prefix)) return unknown;
  const id = namesOfId(resource);
  return [...(isText(prefix) ? [prefix] : []), ...(id ? [id, ""] : isText(prefix) ? [""] : [])].join("/");
}

const namesOfId = ({ properties }: Resource): string | undefined =>
  [properties.auditTrailsTrailId, properties.trailId].find(isText);

/** Returns the name of a lifecycle rule in messages. */
export const nameRule = (rule: Value): string => {
  const prefix = prefixesOf(rule).find(isText);
  return `The lifecycle rule ${show(at(rule, "id"))}${prefix ? ` for the prefix "${prefix}"` : ""}`;
};
