/** The part of a package's schema that programs of other languages are written against. */
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
 * What a newer schema takes away from programs that were written against an older one.
 *
 * @returns one line for each change; none if there are additions at most.
 */
export function breakingChanges(older: PackageSchema, newer: PackageSchema): string[] {
  const resources = Object.entries(older.resources).flatMap(([token, before]) => {
    const after = newer.resources[token];
    if (!after) return [`${token} is gone`];
    return [
      ...changesOf(`input of ${token}`, before.inputProperties, after.inputProperties),
      ...newlyRequired(`input of ${token}`, before.requiredInputs, after.requiredInputs),
      ...changesOf(`output of ${token}`, before.properties, after.properties),
      // Programs take an output that is always there without looking.
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
    // What is plain no more takes plain values as before, and others beside.
    return [typeOf(property), typeOf(property).replaceAll(',"plain":true', "")].includes(typeOf(now))
      ? []
      : [`${name}, ${what}, was ${typeOf(property)} and is ${typeOf(now)}`];
  });
}

/** All of a property but what is for people. */
const typeOf = ({ description, ...type }: Readonly<Record<string, unknown>>): string => JSON.stringify(type);

const newlyRequired = (what: string, before: readonly string[] = [], after: readonly string[] = []) =>
  after.filter((name) => !before.includes(name)).map((name) => `${name}, ${what}, has become required`);

const newlyOptional = (what: string, before: readonly string[] = [], after: readonly string[] = []) =>
  before.filter((name) => !after.includes(name)).map((name) => `${name}, ${what}, may now be absent`);
