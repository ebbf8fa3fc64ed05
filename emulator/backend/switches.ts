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
  lockedUploads: {
    values: ["need-content-md5", "accepted"],
    default: "need-content-md5",
    text: "An upload without Content-MD5 to a bucket with default retention: refuse it, or accept it.",
  },
  deliveryChecksum: {
    values: ["content-md5", "none"],
    default: "content-md5",
    text: "Whether the uploads of trails carry Content-MD5.",
  },
  plainHttp: {
    values: ["counts-as-tls", "is-plain"],
    default: "counts-as-tls",
    text: "What a bucket policy's condition aws:SecureTransport makes of this cloud's plain HTTP.",
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
