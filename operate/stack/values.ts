import { Hidden, type Properties, type Value } from "./engineJson";

/** Returns a nested value of a resource's inputs. A hidden value hides everything in it. */
export function at(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  const [name, ...rest] = path;
  if (name === undefined || value instanceof Hidden) return value;
  return at((value as Properties | undefined)?.[name], ...rest);
}

export const listOf = (value: Value | undefined): readonly Value[] => {
  if (value instanceof Hidden) return [value];
  return Array.isArray(value) ? value : [];
};

export const textOf = (value: Value | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;
