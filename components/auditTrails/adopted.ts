import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./args";

/** Names of a part's inputs that stay as they are in the cloud, for the engine. */
type Kept = string[];

/** Inputs of the provider's resources by whether an argument says them. */
const unsaid = (adopted: boolean | undefined, inputs: readonly (readonly [string, unknown])[]): Kept =>
  adopted ? inputs.filter(([, said]) => said === undefined).map(([input]) => input) : [];

/** What no argument can say. */
const neverSaid = undefined;

/** What stays of a key that was taken over. */
export const keptOfKey = ({ adopted, labels }: AuditTrailsArgs, settings: EncryptionArgs): Kept =>
  unsaid(adopted, [
    ["description", neverSaid],
    ["labels", labels],
    ["defaultAlgorithm", settings.keyAlgorithm],
    ["rotationPeriod", settings.keyRotationPeriod],
    ["deletionProtection", settings.deletionProtection],
  ]);

/** What stays of a service account that was taken over. */
export const keptOfAccount = ({ adopted }: AuditTrailsArgs): Kept =>
  unsaid(adopted, [["description", neverSaid]]);

/** What stays of a bucket that was taken over: never its encryption. */
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

/** What stays of a trail that was taken over. */
export const keptOfTrail = ({ adopted, labels }: AuditTrailsArgs, settings: TrailSettings): Kept =>
  unsaid(adopted, [
    ["description", settings.description],
    ["labels", settings.labels ?? labels],
  ]);
