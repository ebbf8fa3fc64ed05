/**
 * Switches for behaviour that the vendor does not document, with values and default. All such decisions are
 * here.
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
  missingBinding: {
    values: ["accept", "not-found"],
    default: "accept",
    text: "A binding is removed that is not there: accept it silently, or answer NOT_FOUND.",
  },
  accountInUse: {
    values: ["refuse", "delete"],
    default: "refuse",
    text: "The service account of a trail is deleted: refuse it, or delete it, and the trail goes to ERROR.",
  },
  trailKeyRole: {
    values: ["encrypter", "encrypter-decrypter"],
    default: "encrypter",
    text: "What a trail's account needs on the bucket's key: documents name one role and the other.",
  },
  versioningOff: {
    values: ["disabled", "suspended"],
    default: "disabled",
    text: "What becomes of a bucket that was never versioned when versioning is suspended.",
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
  trailReview: {
    values: ["at-delivery", "at-once"],
    default: "at-delivery",
    text: "When a trail's status follows what happened to its roles, bucket and key: with the next delivery, or whenever it is read.",
  },
  statusErrorMessage: {
    values: ["reason-and-text", "text-only", "reason-only"],
    default: "reason-and-text",
    text: "What the status of a trail says of an error.",
  },
  deliveryFolders: {
    values: ["day", "month"],
    default: "day",
    text: "Whether keys of log objects go down to the day, as newer documentation says, or to the month, as older does.",
  },
  deliveryFileName: {
    values: ["time-and-id", "id"],
    default: "time-and-id",
    text: "How log objects are called within their day or month.",
  },
  largestEvent: {
    values: ["unlimited", "64-kib"],
    default: "unlimited",
    text: "Whether a delivered event has a largest size; a larger one loses request_parameters.",
  },
  unreadable: {
    values: ["permission-denied", "not-found"],
    default: "permission-denied",
    text: "What is answered to who may not read a resource: that it is forbidden, or that there is none.",
  },
  errorTexts: {
    values: ["described", "code-only"],
    default: "described",
    text: "Whether errors of the API say more than their code; the vendor publishes no texts.",
  },
  ids: {
    values: ["lowercase", "mixed"],
    default: "lowercase",
    text: "Ids of 20 lowercase letters and digits, as in all examples, or longer ones with other characters.",
  },
  keyChanges: {
    values: ["at-once", "after-3-hours"],
    default: "at-once",
    text: "When an inactive key, another primary version or a scheduled destruction takes effect; documented is up to 3 hours.",
  },
  keyUseByStorage: {
    values: ["recorded", "not-recorded"],
    default: "recorded",
    text: "Whether the use of a key by an encrypted bucket is a data event of KMS.",
  },
} as const;

type Table = typeof switches;

/** Positions of all switches. */
export type Switches = { [Name in keyof Table]: Table[Name]["values"][number] };

/** Returns the default positions, changed by the given ones. */
export function switchesWith(others: Partial<Switches> = {}): Switches {
  const defaults = Object.entries(switches).map(([name, { default: position }]) => [name, position] as const);
  return { ...(Object.fromEntries(defaults) as Switches), ...others };
}
