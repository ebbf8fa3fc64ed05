/** Part of a package's schema on which programs of other languages depend. */
export interface PackageSchema {
  readonly resources: Readonly<Record<string, ResourceSchema>>;
  readonly types?: Readonly<Record<string, TypeSchema>>;
}

type Properties = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface TypeSchema {
  readonly properties?: Properties;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly value: unknown }[];
}

interface ResourceSchema {
  readonly inputProperties?: Properties;
  readonly requiredInputs?: readonly string[];
  readonly properties?: Properties;
  readonly required?: readonly string[];
}

/**
 * Finds changes in a schema that break programs which were written for an older one.
 *
 * @returns one line for each such change.
 */
export function breakingChanges(older: PackageSchema, newer: PackageSchema): string[] {
  const resources = Object.entries(older.resources).flatMap(([token, before]) => {
    const after = newer.resources[token];
    if (!after) return [`${token} is gone`];
    return [
      ...changesOf(`input of ${token}`, before.inputProperties, after.inputProperties),
      ...newlyRequired(`input of ${token}`, before.requiredInputs, after.requiredInputs),
      ...changesOf(`output of ${token}`, before.properties, after.properties),
      // Programs use an output that is always present without a check.
      ...newlyOptional(`output of ${token}`, before.required, after.required),
    ];
  });
  const types = Object.entries(older.types ?? {}).flatMap(([token, before]) => {
    const after = newer.types?.[token];
    if (!after) return [`${token} is gone`];
    const values = new Set(after.enum?.map(({ value }) => value));
    const lost = before.enum?.filter(({ value }) => !values.has(value)) ?? [];
    return [
      ...lost.map(({ value }) => `value ${value} of ${token} is gone`),
      ...changesOf(`property of ${token}`, before.properties, after.properties),
      // Most types are used for inputs.
      ...newlyRequired(`property of ${token}`, before.required, after.required),
    ];
  });
  return [...resources, ...types];
}

function changesOf(what: string, before: Properties = {}, after: Properties = {}): string[] {
  return Object.entries(before).flatMap(([name, property]) => {
    const now = after[name];
    if (!now) return [`${name}, ${what}, is gone`];
    // A property that is not plain any more accepts the plain values as before, and outputs in addition.
    return [typeOf(property), typeOf(property).replaceAll(',"plain":true', "")].includes(typeOf(now))
      ? []
      : [`${name}, ${what}, was ${typeOf(property)} and is now ${typeOf(now)}`];
  });
}

/** Returns the type of a property: everything except its description. */
const typeOf = ({ description, ...type }: Readonly<Record<string, unknown>>): string => JSON.stringify(type);

const newlyRequired = (what: string, before: readonly string[] = [], after: readonly string[] = []) =>
  after.filter((name) => !before.includes(name)).map((name) => `${name}, ${what}, has become required`);

const newlyOptional = (what: string, before: readonly string[] = [], after: readonly string[] = []) =>
  before.filter((name) => !after.includes(name)).map((name) => `${name}, ${what}, may now be absent`);
