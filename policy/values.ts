import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that is not known before the update. */
class Unknown {
  private readonly text = "known only after the update";

  toJSON(): string {
    return this.text;
  }
}

export const unknown = new Unknown();
export type { Unknown };

export const isUnknown = (value: unknown): value is Unknown => value === unknown;

/** A property of a resource, as the engine tells it. */
export type Value = string | number | boolean | null | undefined | Unknown | Value[] | Properties;

/** Properties by their names. */
export interface Properties {
  readonly [name: string]: Value;
}

/**
 * What the SDK hands out, with `unknown` where reading would throw. The SDK turns whatever throws into one advisory message
 * and leaves the rest of the rule out.
 */
export function readAll(source: Readonly<Record<string, unknown>>): Properties {
  return copy(source) as Properties;
}

function copy(source: unknown): Value {
  if (!(source instanceof Object)) return source as Value;
  const read = (name: string): Value => {
    try {
      return copy((source as Record<string, unknown>)[name]);
    } catch (error) {
      if (error instanceof UnknownValueError) return unknown;
      throw error;
    }
  };
  const names = Object.keys(source);
  return Array.isArray(source)
    ? names.map(read)
    : Object.fromEntries(names.map((name) => [name, read(name)]));
}

/** The value at a path such as `rule.defaultRetention.days`; `unknown` if a part of the path is. */
export function at(value: Value, path: string): Value {
  let here = value;
  for (const name of path.split(".")) {
    if (isUnknown(here)) return unknown;
    here = here instanceof Object ? (here as Properties)[name] : undefined;
  }
  return here;
}

/** The elements of a list; none if there is no list. */
export function listAt(value: Value, path: string): readonly Value[] | Unknown {
  const list = at(value, path);
  if (isUnknown(list)) return unknown;
  return Array.isArray(list) ? list : [];
}

/** A text that is there and not empty. */
export const isText = (value: Value): value is string => typeof value === "string" && value !== "";

/** How a value is shown to people. */
export function show(value: Value): string {
  return value === undefined || value === null || value === "" ? "nothing" : JSON.stringify(value);
}
