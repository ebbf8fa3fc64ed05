/**
 * Switches for behaviour that the vendor does not document, with values and default. All such decisions are in this table.
 */
export const switches = {
  missingTrailPrerequisites: {
    values: ["refuse", "error-status"],
    default: "refuse",
    text: "Creation of a trail whose bucket is missing or whose account lacks a role: refuse it, or accept it with status ERROR.",
  },
  eventsBeforeTrail: {
    values: ["deliver", "skip"],
    default: "deliver",
    text: "Events from before the creation of a trail (72 hours at most): deliver them, or skip them.",
  },
  existingBinding: {
    values: ["accept", "already-exists"],
    default: "accept",
    text: "Addition of an existing binding: accept it silently, or answer ALREADY_EXISTS.",
  },
  missingBinding: {
    values: ["accept", "not-found"],
    default: "accept",
    text: "Removal of a missing binding: accept it silently, or answer NOT_FOUND.",
  },
  accountInUse: {
    values: ["refuse", "delete"],
    default: "refuse",
    text: "Deletion of a trail's service account: refuse it, or delete it, and the trail goes to ERROR.",
  },
  trailUploaderPlace: {
    values: ["folder-or-bucket", "folder"],
    default: "folder-or-bucket",
    text: "Place on which a trail's account needs the role to upload: the vendor's documents name the bucket's folder and the bucket.",
  },
  trailKeyRole: {
    values: ["encrypter", "encrypter-decrypter"],
    default: "encrypter",
    text: "Role that a trail's account needs on the bucket's key. The vendor's documents name kms.keys.encrypter and kms.keys.encrypterDecrypter.",
  },
  versioningOff: {
    values: ["disabled", "suspended"],
    default: "disabled",
    text: "State of a bucket without versioning after a request to suspend it.",
  },
  lockedUploads: {
    values: ["need-content-md5", "accepted"],
    default: "need-content-md5",
    text: "Upload without Content-MD5 to a bucket with default retention: refuse it, or accept it.",
  },
  deliveryChecksum: {
    values: ["content-md5", "none"],
    default: "content-md5",
    text: "Checksum that the uploads of trails carry.",
  },
  plainHttp: {
    values: ["counts-as-tls", "is-plain"],
    default: "counts-as-tls",
    text: "Plain HTTP requests to the local cloud, in the policy condition aws:SecureTransport: they count as TLS, or not.",
  },
  trailReview: {
    values: ["at-delivery", "at-once"],
    default: "at-delivery",
    text: "Time of the status check after a change of a trail's roles, bucket or key: at the next delivery, or at each read.",
  },
  statusErrorMessage: {
    values: ["reason-and-text", "text-only", "reason-only"],
    default: "reason-and-text",
    text: "Form of the error message in the status of a trail.",
  },
  deliveryFolders: {
    values: ["day", "month"],
    default: "day",
    text: "Folders in keys of log objects: by day, as newer documentation says, or by month, as older does.",
  },
  deliveryFileName: {
    values: ["time-and-id", "id"],
    default: "time-and-id",
    text: "File names of log objects within their day or month.",
  },
  largestEvent: {
    values: ["unlimited", "64-kib"],
    default: "unlimited",
    text: "Largest size of a delivered event; a larger one loses request_parameters.",
  },
  unreadable: {
    values: ["permission-denied", "not-found"],
    default: "permission-denied",
    text: "Answer to callers who may not read a resource: it is forbidden, or it does not exist.",
  },
  errorTexts: {
    values: ["described", "code-only"],
    default: "described",
    text: "Texts of errors of the API: a description, or the code only. The vendor publishes no texts.",
  },
  ids: {
    values: ["lowercase", "mixed"],
    default: "lowercase",
    text: "Form of ids: 20 lowercase letters and digits, as in all examples, or longer ones with other characters.",
  },
  keyChanges: {
    values: ["at-once", "after-3-hours"],
    default: "at-once",
    text: "Delay until a deactivated key, a new primary version or a scheduled destruction takes effect; up to 3 hours are documented.",
  },
  keyUseByStorage: {
    values: ["recorded", "not-recorded"],
    default: "recorded",
    text: "Data events of KMS for the use of a key by an encrypted bucket: recorded, or not.",
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
