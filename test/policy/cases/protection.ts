import { bucket, type Violation } from "../../support/policyCases";
import { changed, sound, without } from "../../support/policyStack";

/** Violations of the rules on protection and required resources. */
export const violations: readonly Violation[] = [
  [
    "no-force-destroy",
    "true",
    bucket({ forceDestroy: true }),
    /has forceDestroy true: its deletion deletes every log/,
  ],
  ...["trail", "bucket", "key"].map(
    (name): Violation => [
      "protected",
      name,
      changed(sound, name, {}, { protect: false }),
      new RegExp(`The ${name} "${name}" has no protect`),
    ],
  ),
  [
    "protected",
    "the key in the cloud",
    changed(sound, "key", { deletionProtection: false }),
    /deletionProtection false/,
  ],
  [
    "nothing-removed",
    "deleting first",
    changed(sound, "bucket", {}, { deleteBeforeReplace: true }),
    /deleteBeforeReplace: a replacement deletes it first/,
  ],
  [
    "resources-in-stack",
    "the bucket",
    without(sound, "bucket"),
    /delivers to the bucket "acme-logs", which is not in this stack/,
  ],
  [
    "resources-in-stack",
    "the key",
    without(changed(sound, "encrypter", {}, { from: {} }), "key"),
    /encrypts its logs with the key "abjkey"/,
  ],
  ["resources-in-stack", "the account", without(sound, "account"), /uses the service account "ajeaccount"/],
];
