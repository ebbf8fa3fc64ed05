/** Returns the list without repeated elements, in order of first appearance. */
export const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Returns the first element for each key, in order. */
export function distinctBy<T>(values: readonly T[], keyOf: (value: T) => string): T[] {
  const firsts = new Map<string, T>();
  for (const value of values) if (!firsts.has(keyOf(value))) firsts.set(keyOf(value), value);
  return [...firsts.values()];
}
