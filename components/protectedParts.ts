/** Instructions for a change that protection refuses. */
export const wayOn =
  "To let it happen all the same: set `protected: false` (in a program: the option `protect: false`), run pulumi up while " +
  "nothing else is changed, then make the change and run pulumi up again.";

/** Consequences if a part leaves the stack, and alternatives, by the class of the part. */
const parts: Readonly<Record<string, string>> = {
  EncryptionKey:
    "key. Logs that were encrypted with it cannot be read without it: keep it in the cloud until the last of them has " +
    "expired. Turning encryption off makes the key leave too, and the bucket is unencrypted before the key's removal is " +
    "refused: to stay as it was, put `encryption` back and run pulumi up.",
  LogBucket: "bucket, with the logs in it.",
  TrailServiceAccount: "service account with its roles. Trails that use it would stop.",
  Trail: "trail. Its events would not be recorded any more.",
};

/** Returns the consequences if a part leaves the stack; undefined if the class is not a part. */
export const leavingPart = (className: string): string | undefined =>
  Object.hasOwn(parts, className) ? parts[className] : undefined;
