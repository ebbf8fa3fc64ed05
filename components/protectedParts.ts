/** Instructions for a change that protection refuses. */
export const wayOn =
  "To make the change despite the protection: set `protected: false` (in a program: the option `protect: false`) and run pulumi up " +
  "without any other change. Then make the change and run pulumi up again.";

/** Consequences if a part leaves the stack, and alternatives, by the class of the part. */
const parts: Readonly<Record<string, string>> = {
  EncryptionKey:
    "key. Without it nobody can read the logs that it encrypted: keep it in the cloud until the last of them has " +
    "expired. If encryption is turned off, the key leaves too, and Pulumi removes the bucket's encryption before it refuses " +
    "to remove the key. To undo this, restore `encryption` and run pulumi up.",
  LogBucket: "bucket, with the logs in it.",
  TrailServiceAccount: "service account with its roles. Without it, the trails that use it stop.",
  Trail: "trail. Without it, its events are not recorded any more.",
};

/** Returns the consequences if a part leaves the stack; undefined if the class is not a part. */
export const leavingPart = (className: string): string | undefined =>
  Object.hasOwn(parts, className) ? parts[className] : undefined;
