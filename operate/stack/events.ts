/** Events of one kind that a trail collects in one place. */
export interface Collected {
  /** `management`, or the name of a service for its data events. */
  readonly kind: string;
  /** Scope, as `organization <id>`, `cloud <id>` or `folder <id>`; undefined if it is not known before the update. */
  readonly scope: string | undefined;
  readonly events: EventTypes;
}

/** Types of events: only the listed ones, or all but the listed ones. */
export interface EventTypes {
  readonly mode: "only" | "allBut";
  readonly types: readonly string[];
}

export const allEvents: EventTypes = { mode: "allBut", types: [] };

/** Checks whether the first collection is part of the second. An organization holds all of its clouds and folders. */
function isWithin(one: Collected, other: Collected): boolean {
  if (one.kind !== other.kind || one.scope === undefined || other.scope === undefined) return false;
  if (one.scope !== other.scope && !other.scope.startsWith("organization ")) return false;
  if (one.scope !== other.scope && one.scope.startsWith("organization ")) return false;
  return includes(other.events, one.events);
}

/** Checks whether the first types include all of the second. */
function includes(whole: EventTypes, part: EventTypes): boolean {
  const isIn = (type: string) => whole.types.includes(type);
  if (part.mode === "only") return whole.mode === "only" ? part.types.every(isIn) : !part.types.some(isIn);
  return whole.mode === "allBut" && whole.types.every((type) => part.types.includes(type));
}

/** Returns the elements of `one` that `other` does not cover. */
export const missingIn = (other: readonly Collected[], one: readonly Collected[]): Collected[] =>
  one.filter((collected) => !other.some((candidate) => isWithin(collected, candidate)));
