import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./args";

/** Names of inputs that stay as they are in the cloud. The engine receives them as `ignoreChanges`. */
type Kept = string[];

/**
 * Returns the names of the provider's inputs that no argument sets. Each pair holds an input and its argument's value.
 */
const unsaid = (adopted: boolean | undefined, inputs: readonly (readonly [string, unknown])[]): Kept =>
  adopted ? inputs.filter(([, said]) => said === undefined).map(([input]) => input) : [];

/** Value for an input that no argument can set. */
const neverSaid = undefined;

/** Returns the `ignoreChanges` of an adopted key. */
export const keptOfKey = ({ adopted, labels }: AuditTrailsArgs, settings: EncryptionArgs): Kept =>
  unsaid(adopted, [
    ["description", neverSaid],
    ["labels", labels],
    ["defaultAlgorithm", settings.keyAlgorithm],
    ["rotationPeriod", settings.keyRotationPeriod],
    ["deletionProtection", settings.deletionProtection],
  ]);

/** Returns the `ignoreChanges` of an adopted service account. */
export const keptOfAccount = ({ adopted }: AuditTrailsArgs): Kept =>
  unsaid(adopted, [["description", neverSaid]]);

/** Returns the `ignoreChanges` of an adopted bucket. Its encryption is always managed. */
export const keptOfBucket = (args: AuditTrailsArgs): Kept =>
  unsaid(args.adopted, [
    ["tags", args.labels],
    ["versioning", args.retention],
    ["lifecycleRules", args.retention],
    ["objectLockConfiguration", args.objectLock],
    ["maxSize", args.maxSizeGiB],
    ["loggings", args.accessLogsBucketName],
    ["policy", args.access],
    ...[
      "anonymousAccessFlags",
      "forceDestroy",
      "acl",
      "grants",
      "corsRules",
      "website",
      "https",
      "defaultStorageClass",
    ].map((input) => [input, neverSaid] as const),
  ]);

/** Returns the `ignoreChanges` of an adopted trail. */
export const keptOfTrail = ({ adopted, labels }: AuditTrailsArgs, settings: TrailSettings): Kept =>
  unsaid(adopted, [
    ["description", settings.description],
    ["labels", settings.labels ?? labels],
  ]);
