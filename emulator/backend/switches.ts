/**
 * Every behaviour that the vendor does not document, and what can be tuned: name, values, default. Nothing of the kind
 * is decided anywhere else.
 */
export const switches = {
  missingTrailPrerequisites: {
    values: ["refuse", "error-status"],
    default: "refuse",
    text: "A trail is created whose bucket is missing or whose account lacks a role: refuse it, or accept it with status ERROR.",
  },
  eventsBeforeTrail: {
    values: ["deliver", "skip"],
    default: "deliver",
    text: "Whether a new trail delivers events of its scope from before its creation (72 hours at most).",
  },
  existingBinding: {
    values: ["accept", "already-exists"],
    default: "accept",
    text: "A binding is added that is there already: accept it silently, or answer ALREADY_EXISTS.",
  },
} as const;

type Table = typeof switches;

/** A position for each switch. */
export type Switches = { [Name in keyof Table]: Table[Name]["values"][number] };

/** The default positions, with others where given. */
export function switchesWith(others: Partial<Switches> = {}): Switches {
  const defaults = Object.entries(switches).map(([name, { default: position }]) => [name, position] as const);
  return { ...(Object.fromEntries(defaults) as Switches), ...others };
}
