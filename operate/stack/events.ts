/** Events of one kind that a trail collects in one place. */
export interface Collected {
  /** `management`, or the name of a service whose data events are meant. */
  readonly kind: string;
  /** Where, as `organization <id>`, `cloud <id>` or `folder <id>`; undefined if it is not known before the update. */
  readonly scope: string | undefined;
  readonly events: EventTypes;
}

/** Types of events: those listed, or all but those listed. */
export interface EventTypes {
  readonly mode: "only" | "allBut";
  readonly types: readonly string[];
}

export const allEvents: EventTypes = { mode: "allBut", types: [] };

/** Whether events of the one kind and place are all among the other. An organization holds all of its clouds and folders. */
function isWithin(one: Collected, other: Collected): boolean {
  if (one.kind !== other.kind || one.scope === undefined || other.scope === undefined) return false;
  if (one.scope !== other.scope && !other.scope.startsWith("organization ")) return false;
  if (one.scope !== other.scope && one.scope.startsWith("organization ")) return false;
  return includes(other.events, one.events);
}

/** Whether the first types hold all of the second. */
function includes(whole: EventTypes, part: EventTypes): boolean {
  const isIn = (type: string) => whole.types.includes(type);
  if (part.mode === "only") return whole.mode === "only" ? part.types.every(isIn) : !part.types.some(isIn);
  return whole.mode === "allBut" && whole.types.every((type) => part.types.includes(type));
}

/** What of the one collection is in none of the other. */
export const missingIn = (other: readonly Collected[], one: readonly Collected[]): Collected[] =>
  one.filter((collected) => !other.some((candidate) => isWithin(collected, candidate)));
