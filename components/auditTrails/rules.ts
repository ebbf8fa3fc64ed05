import { confirmationOf, lockedDays } from "../bucket/objectLock";
import { bucketPolicyOf } from "../bucket/policy";
import { retentionOf, retentionPresets } from "../bucket/retention";
import { faultOfDuration } from "../duration";
import { removals } from "../engine/removal";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./auditTrails";
import { AuditTrailsPlan, onlyTrail } from "./plan";

/** Arguments that cannot be, alone or beside others. */
export interface Contradiction {
  /** Path of the argument, such as `trails.payments.dataEvents.kms`. */
  readonly path: string;
  readonly reason: string;
}

type Rule = (args: AuditTrailsArgs) => (Contradiction | false | undefined)[];

/** The event of every log object that a trail writes: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
const objectCreated = "yandex.cloud.audit.storage.ObjectCreate";
/** Longest policy that the service takes, bytes: https://yandex.cloud/en/docs/storage/concepts/limits */
const longestPolicy = 20 * 1024;

const encryptionRules = (
  path: string,
  { key = "new", ...settings }: EncryptionArgs,
  existingBucket: boolean,
) => {
  const forNewKeys = Object.entries(settings).filter(
    ([name, value]) => name !== "keyId" && value !== undefined,
  );
  const { keyRotationPeriod: period } = settings;
  const fault = typeof period === "string" ? faultOfDuration(period) : undefined;
  return [
    !["new", "existing", "none"].includes(key) && {
      path: `${path}.key`,
      reason: `must be new, existing or none, not ${key}`,
    },
    key === "existing" &&
      settings.keyId === undefined && { path: `${path}.keyId`, reason: "is needed while key is existing" },
    key !== "existing" &&
      settings.keyId !== undefined && {
        path: `${path}.keyId`,
        reason: `must not be given while key is ${key}; set key to existing to use it`,
      },
    fault !== undefined && {
      path: `${path}.keyRotationPeriod`,
      reason: `${fault}, not ${JSON.stringify(period)}`,
    },
    ...(key === "new"
      ? []
      : forNewKeys.map(([name]) => ({
          path: `${path}.${name}`,
          reason: `is for new keys, and key is ${key}`,
        }))),
    existingBucket &&
      key === "new" && {
        path: `${path}.key`,
        reason:
          "bucketFolderId names an existing bucket, which is not given a new key: name its own (existing), or none",
      },
  ];
};

const encryption: Rule = ({ encryption: main = {}, bucketFolderId, trails = {}, onRemoval = "keep" }) => [
  ...encryptionRules("encryption", main, bucketFolderId !== undefined),
  onRemoval !== "keep" &&
    main.deletionProtection === true && {
      path: "encryption.deletionProtection",
      reason: `must be false while onRemoval is ${onRemoval}: the key could not be deleted`,
    },
  ...Object.entries(trails).flatMap(([key, row]) => [
    ...(row.bucketName !== undefined || row.encryption !== undefined
      ? encryptionRules(
          `trails.${key}.encryption`,
          row.encryption ?? main,
          row.bucketFolderId !== undefined && row.bucketName !== undefined,
        )
      : []),
    ...(["encryption", "bucketFolderId"] as const).map(
      (name) =>
        row[name] !== undefined &&
        row.bucketName === undefined && {
          path: `trails.${key}.${name}`,
          reason: "needs a bucketName beside it: the main bucket has its own",
        },
    ),
  ]),
];

const existingBuckets: Rule = (args) =>
  (["retention", "objectLock", "maxSizeGiB", "access", "accessLogsBucketName"] as const).map(
    (name) =>
      args.bucketFolderId !== undefined &&
      args[name] !== undefined &&
      !Object.values(args.trails ?? {}).some((row) => row.bucketName && !row.bucketFolderId) && {
        path: name,
        reason: "is for new buckets; an existing one is only used, so set it there",
      },
  );

const retention: Rule = ({ retention: given = {} }) => {
  const { coldAfterDays: cold, iceAfterDays: ice, expireAfterDays: expire } = retentionOf(given);
  const presets = Object.keys(retentionPresets);
  const days = Object.entries(given).filter(([name]) => name.endsWith("Days"));
  return [
    given.preset !== undefined &&
      !presets.includes(given.preset) && {
        path: "retention.preset",
        reason: `must be ${presets.join(", ")}, not ${given.preset}`,
      },
    ...days.map(
      ([name, value]) =>
        value !== undefined &&
        !(Number.isInteger(value) && Number(value) > 0) && {
          path: `retention.${name}`,
          reason: `must be a whole number of at least 1, not ${value}: logs would be gone at once`,
        },
    ),
    ...(
      [
        ["iceAfterDays", ice, "coldAfterDays", cold],
        ["expireAfterDays", expire, "coldAfterDays", cold],
        ["expireAfterDays", expire, "iceAfterDays", ice],
      ] as const
    ).map(
      ([later, laterDays, earlier, earlierDays]) =>
        laterDays !== undefined &&
        earlierDays !== undefined &&
        laterDays <= earlierDays && {
          path: `retention.${later}`,
          reason: `must be more than ${earlier}, which is ${earlierDays}, not ${laterDays}`,
        },
    ),
  ];
};

const objectLock: Rule = ({ objectLock: lock, retention: given, onRemoval = "keep" }) => {
  if (!lock) return [];
  const { versioning, expireAfterDays, oldVersionsExpireAfterDays } = retentionOf(given);
  const locked = lockedDays(lock);
  const period = lock.days ?? lock.years;
  return [
    !["GOVERNANCE", "COMPLIANCE"].includes(lock.mode) && {
      path: "objectLock.mode",
      reason: `must be GOVERNANCE or COMPLIANCE, not ${lock.mode}`,
    },
    (lock.days === undefined) === (lock.years === undefined) && {
      path: "objectLock",
      reason: "needs either days or years",
    },
    period !== undefined &&
      !(Number.isInteger(period) && period > 0) && {
        path: "objectLock",
        reason: `must lock for a whole number of at least 1, not ${period}`,
      },
    lock.mode === "COMPLIANCE" &&
      lock.confirmation !== confirmationOf(lock) && {
        path: "objectLock.confirmation",
        reason: `must be "${confirmationOf(lock)}": not even the account's owner can undo this lock`,
      },
    !versioning && {
      path: "retention.versioning",
      reason: "must be on while objectLock is set: a lock holds versions",
    },
    ...Object.entries({ expireAfterDays, oldVersionsExpireAfterDays }).map(
      ([name, days]) =>
        days !== undefined &&
        days < locked && {
          path: `retention.${name}`,
          reason: `must be at least the ${locked} days of objectLock, not ${days}: the lock outlives it`,
        },
    ),
    onRemoval === "deleteWithLogs" && {
      path: "onRemoval",
      reason: "must not be deleteWithLogs while objectLock is set: locked logs cannot be deleted",
    },
  ];
};

const size: Rule = ({ maxSizeGiB }) => [
  maxSizeGiB !== undefined &&
    !(Number.isInteger(maxSizeGiB) && maxSizeGiB > 0) && {
      path: "maxSizeGiB",
      reason: `must be a whole number of at least 1, not ${maxSizeGiB}`,
    },
];

const access: Rule = ({ access: listed, bucketName, onRemoval = "keep" }) => {
  if (!listed) return [];
  const anyName = typeof bucketName === "string" ? bucketName : "x".repeat(63);
  const bytes = Buffer.byteLength(bucketPolicyOf(anyName, ["x".repeat(50)], listed));
  return [
    listed.administrators.length === 0 && {
      path: "access.administrators",
      reason: "must list the deploying account at least: whoever is not listed is shut out",
    },
    bytes > longestPolicy && {
      path: "access",
      reason: `makes a policy of ${bytes} bytes; the service takes ${longestPolicy}`,
    },
    onRemoval === "deleteWithLogs" &&
      listed.denyDelete !== false && {
        path: "access.denyDelete",
        reason: "must be false while onRemoval is deleteWithLogs: nobody could delete the logs",
      },
  ];
};

const bucketNames: Rule = (args) => {
  const rows = Object.entries(args.trails ?? {}).filter(([, { bucketName }]) => bucketName !== undefined);
  const differs = (a: TrailSettings, b: TrailSettings) =>
    (["bucketFolderId", "encryption"] as const).some(
      (name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]),
    );
  return [
    ...rows.flatMap(([key, row], i) => [
      row.bucketName === args.accessLogsBucketName && {
        path: `trails.${key}.bucketName`,
        reason: "must be another bucket than accessLogsBucketName",
      },
      row.bucketName === args.bucketName &&
        (row.encryption !== undefined || row.bucketFolderId !== undefined) && {
          path: `trails.${key}.bucketName`,
          reason: "is the main bucket, which has its own encryption and folder",
        },
      rows.slice(0, i).some(([, other]) => other.bucketName === row.bucketName && differs(other, row)) && {
        path: `trails.${key}.bucketName`,
        reason: "is a bucket of another trail too, with other encryption or another folder",
      },
    ]),
    args.accessLogsBucketName !== undefined &&
      args.accessLogsBucketName === args.bucketName && {
        path: "accessLogsBucketName",
        reason: "must be another bucket than bucketName",
      },
  ];
};

const trails: Rule = ({ trails: rows = onlyTrail }) => {
  const named = Object.entries(rows).flatMap(([key, { trailName }]) =>
    typeof trailName === "string" ? [{ key, trailName }] : [],
  );
  return [
    Object.keys(rows).length === 0 && { path: "trails", reason: "must have at least one trail" },
    ...named.map(
      ({ key, trailName }, i) =>
        named.slice(0, i).some((other) => other.trailName === trailName) && {
          path: `trails.${key}.trailName`,
          reason: `must be unique in the folder; another trail is called ${trailName}`,
        },
    ),
    ...Object.entries(rows).flatMap(([key, row]) => [
      row.managementEvents === false &&
        Object.keys(row.dataEvents ?? {}).length === 0 && {
          path: `trails.${key}`,
          reason: "collects nothing: leave managementEvents on, or name dataEvents",
        },
      row.serviceAccountId !== undefined &&
        row.serviceAccountName !== undefined && {
          path: `trails.${key}.serviceAccountName`,
          reason: "is for a new account, and serviceAccountId names an existing one",
        },
      ...Object.entries(row.dataEvents ?? {}).map(
        ([service, { includedEvents, excludedEvents }]) =>
          includedEvents !== undefined &&
          excludedEvents !== undefined && {
            path: `trails.${key}.dataEvents.${service}`,
            reason: "takes either includedEvents or excludedEvents, not both",
          },
      ),
    ]),
  ];
};

/** Log objects whose creation is collected again make new log objects: about 16 MB a month, and more in a circle of trails. */
const recursion: Rule = (args) => {
  const plan = new AuditTrailsPlan(args);
  const bucketFolders = plan.buckets.map(({ existingIn }) => existingIn ?? args.folderId);
  const allKnown = bucketFolders.every((folder) => typeof folder === "string");
  return plan.trails.flatMap(({ key, settings, dataEvents }) =>
    dataEvents.map(({ service, includedEvents, excludedEvents, scopes = [] }) => {
      const isCollected = includedEvents
        ? includedEvents.includes(objectCreated)
        : !excludedEvents?.includes(objectCreated);
      // Which cloud a folder is in is not known here.
      const mayContainLogs = scopes.some(
        ({ resourceType, resourceId }) =>
          resourceType !== "resource-manager.folder" ||
          !allKnown ||
          bucketFolders.some((folder) => folder === resourceId),
      );
      return (
        service === "storage" &&
        isCollected &&
        mayContainLogs &&
        settings.allowRecursion !== true && {
          path: `trails.${key}.dataEvents.storage`,
          reason:
            "tells of the log objects too, and each telling is a new log object: exclude " +
            `${objectCreated}, name folders without log buckets, or set allowRecursion`,
        }
      );
    }),
  );
};

const removal: Rule = ({ onRemoval }) => [
  onRemoval !== undefined &&
    !removals.some((one) => one === onRemoval) && {
      path: "onRemoval",
      reason: `must be ${removals.join(", ")}, not ${onRemoval}`,
    },
];

const rules: readonly Rule[] = [
  encryption,
  existingBuckets,
  retention,
  objectLock,
  size,
  access,
  bucketNames,
  trails,
  recursion,
  removal,
];

/** Everything in the arguments that cannot be, or would lose or block logs. Values not known yet are not looked at. */
export const contradictionsOf = (args: AuditTrailsArgs): Contradiction[] =>
  rules.flatMap((rule) => rule(args)).filter((found) => typeof found === "object");
