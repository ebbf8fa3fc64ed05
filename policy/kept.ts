import { kinds, type Resource, type Stack } from "./stack";

/** Returns the trails, and the buckets and keys of the stack that they use. */
export const kept = (stack: Stack): Resource[] => [
  ...stack.trails.map(({ resource }) => resource),
  ...(["bucket", "key"] as const).flatMap((kind) => stack.used(kind).map(({ resource }) => resource)),
];

/** Returns the kind of a resource in messages. */
export const kindOf = (resource: Resource): string =>
  Object.entries(kinds).find(([, { type }]) => type === resource.type)?.[0] ?? "resource";
