import { UnknownValueError } from "@pulumi/policy";

/** Value that is unknown before the update. */
class Unknown {
  private readonly text = "known only after the update";

  toJSON(): string {
    return this.text;
  }
}

export const unknown = new Unknown();
export type { Unknown };

export const isUnknown = (value: unknown): value is Unknown => value === unknown;

/** Property of a resource, as the engine passes it. */
export type Value = string | number | boolean | null | undefined | Unknown | Value[] | Properties;

/** Properties by name. */
export interface Properties {
  readonly [name: string]: Value;
}

/**
 * Returns the properties of a resource from the SDK, with `unknown` for values whose reading would throw. The SDK
 * reports an error in a rule as one advisory message and skips the rest of the rule.
 *
 * @param isGiven Checks whether a property may get its value from another resource. Other unknown values are defaults
 * that the provider sets, and become undefined.
 */
export function readAll(
  source: Readonly<Record<string, unknown>>,
  isGiven: (property: string) => boolean,
): Properties {
  const names = Object.keys(source);
  return Object.fromEntries(
    names.map((name) => [name, read(source, name, isGiven(name) ? unknown : undefined)]),
  );
}

function read(source: object, name: string, late: Value): Value {
  let value: unknown;
  try {
    value = (source as Record<string, unknown>)[name];
  } catch (error) {
    if (error instanceof UnknownValueError) return late;
    throw error;
  }
  if (!(value instanceof Object)) return value as Value;
  const names = Object.keys(value);
  const parts = names.map((part) => read(value, part, late));
  return Array.isArray(value) ? parts : Object.fromEntries(names.map((part, i) => [part, parts[i]]));
}

/** Returns the value at a path such as `rule.defaultRetention.days`; `unknown` if a part of the path is unknown. */
export function at(value: Value, path: string): Value {
  let here = value;
  for (const name of path.split(".")) {
    if (isUnknown(here)) return unknown;
    here = here instanceof Object ? (here as Properties)[name] : undefined;
  }
  return here;
}

/** Returns the elements of a list; an empty list if there is none. */
export function listAt(value: Value, path: string): readonly Value[] | Unknown {
  const list = at(value, path);
  if (isUnknown(list)) return unknown;
  return Array.isArray(list) ? list : [];
}

/** Checks whether a value is a text that is not empty. */
export const isText = (value: Value): value is string => typeof value === "string" && value !== "";

/** Returns a value as text for messages. */
export function show(value: Value): string {
  return value === undefined || value === null || value === "" ? "nothing" : JSON.stringify(value);
}
