import { Hidden, type Properties, type Resource, type Value } from "../stack/engineJson";
import { kindOf } from "../stack/kinds";
import { canonical } from "../stack/ownPolicy";
import type { Resources } from "../stack/references";
import { harmless } from "./meaning";
import type { Situations, Transition } from "./situation";

/**
 * Replaces the inputs of resources by the settings in the cloud. After a refresh, settings that others made are in the outputs
 * alone. An update would undo them. So they are compared like inputs of the program.
 */
export function asSeen({ drift, change }: Situations): Situations {
  const now = allSeen(change.before);
  return {
    drift: drift && { ...drift, before: allSeen(drift.before), after: now },
    change: { ...change, before: now, after: planned(change) },
  };
}

const allSeen = (resources: Resources): Resources =>
  new Map([...resources].map(([urn, resource]) => [urn, seen(resource)]));

function seen(resource: Resource): Resource {
  const kind = kindOf(resource);
  if (!kind || Object.keys(resource.outputs).length === 0) return resource;
  const { inputs, outputs } = resource;
  const isSetting = (name: string) => !name.startsWith("__") && !Object.hasOwn(harmless[kind], name);
  const names = Object.keys(outputs).filter(isSetting);
  const set = names.flatMap((name) => {
    const [said, found] = [inputs[name], outputs[name]];
    // Outputs contain empty values too. Only other values count.
    const value = said !== undefined && adds(found, said) ? said : found;
    return value === undefined || (said === undefined && isEmpty(value)) ? [] : [[name, value] as const];
  });
  return { ...resource, inputs: { ...inputs, ...Object.fromEntries(set) } };
}

/** Checks whether the first value equals the second, apart from empty parts. */
function adds(found: Value | undefined, said: Value | undefined): boolean {
  if (said === undefined) return found === undefined || isEmpty(found);
  if (said instanceof Hidden || found instanceof Hidden) return said instanceof Hidden;
  if (Array.isArray(said) && Array.isArray(found))
    return said.length === found.length && said.every((one, i) => adds(found[i], one));
  if (isObject(said) && isObject(found))
    return [...new Set([...Object.keys(said), ...Object.keys(found)])].every((name) =>
      adds(found[name], said[name]),
    );
  // The cloud returns a policy in another spelling.
  const isJson = (value: Value | undefined): value is string =>
    typeof value === "string" && value.startsWith("{");
  if (isJson(said) && isJson(found)) return canonical(said) === canonical(found);
  return JSON.stringify(found) === JSON.stringify(said) || (isEmpty(found) && isEmpty(said));
}

const isObject = (value: Value | undefined): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Hidden);

/** Checks whether a value means the same as an absent one. */
export function isEmpty(value: Value | undefined): boolean {
  if (value instanceof Hidden) return false;
  if (typeof value === "object" && value !== null) return Object.values(value).every(isEmpty);
  return value === undefined || value === null || value === "" || value === false || value === 0;
}

/** Returns the resources after a change. Properties that the provider does not list as changed stay as they are. */
function planned({ before, after, renamed, departures, changed }: Transition): Resources {
  const isReplaced = new Set(departures.map(({ resource }) => resource.urn));
  return new Map(
    [...after].map(([urn, is]) => {
      const was = before.get(renamed.get(urn) ?? urn);
      if (!was || !kindOf(is) || isReplaced.has(was.urn)) return [urn, is];
      const now = seen(was).inputs;
      const listed = changed.get(urn) ?? [];
      const names = [...new Set([...Object.keys(now), ...Object.keys(is.inputs)])];
      const inputs = names.flatMap((name) => {
        const isSame = JSON.stringify(was.inputs[name]) === JSON.stringify(is.inputs[name]);
        const stays =
          !listed.includes(name) && (isSame || (listed.length > 0 && is.inputs[name] === undefined));
        const value = stays ? now[name] : is.inputs[name];
        return value === undefined ? [] : [[name, value] as const];
      });
      return [urn, { ...is, inputs: Object.fromEntries(inputs) }];
    }),
  );
}
