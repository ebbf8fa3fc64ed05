import { objectLockFaults } from "../bucket/objectLock";
import { accessFaults } from "../bucket/policy";
import { retentionFaults } from "../bucket/retention";
import { Encryption, OnRemoval } from "../choices";
import type { Fault } from "../guard";
import type { AuditTrailsArgs, EncryptionArgs, TrailSettings } from "./args";
import { AuditTrailsPlan, onlyTrail } from "./plan";

type Rule = (args: AuditTrailsArgs) => (Fault | false | undefined)[];

/** Event of every log object that a trail writes: https://yandex.cloud/en/docs/audit-trails/concepts/events-data-plane */
const objectCreated = "yandex.cloud.audit.storage.ObjectCreate";

const encryptionRules = (
  path: string,
  { key = Encryption.New, ...settings }: EncryptionArgs,
  existingBucket: boolean,
) => {
  const forNewKeys = Object.entries(settings).filter(
    ([name, value]) => name !== "keyId" && value !== undefined,
  );
  return [
    key === Encryption.Existing &&
      settings.keyId === undefined && { path: `${path}.keyId`, reason: "is required while key is existing" },
    key !== Encryption.Existing &&
      settings.keyId !== undefined && {
        path: `${path}.keyId`,
        reason: `must not be set while key is ${key}; to use this key, set key to existing`,
      },
    ...(key === Encryption.New
      ? []
      : forNewKeys.map(([name]) => ({
          path: `${path}.${name}`,
          reason: `is only for new keys, but key is ${key}`,
        }))),
    existingBucket &&
      key === Encryption.New && {
        path: `${path}.key`,
        reason:
          "must be existing or none: bucketFolderId names an existing bucket, which does not get a new key",
      },
  ];
};

const encryption: Rule = ({
  encryption: main = {},
  bucketFolderId,
  trails = {},
  onRemoval = OnRemoval.Keep,
}) => [
  ...encryptionRules("encryption", main, bucketFolderId !== undefined),
  onRemoval !== OnRemoval.Keep &&
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
          reason: "requires bucketName in the same trail; for the main bucket, set it outside of trails",
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
        reason: "is only for new buckets; change an existing bucket in the program that manages it",
      },
  );

const lock: Rule = ({ objectLock, onRemoval }) => [
  objectLock !== undefined &&
    onRemoval === OnRemoval.DeleteWithLogs && {
      path: "onRemoval",
      reason: "must not be deleteWithLogs while objectLock is set: locked logs cannot be deleted",
    },
];

const access: Rule = ({ access: listed, onRemoval }) => [
  onRemoval === OnRemoval.DeleteWithLogs &&
    listed !== undefined &&
    listed.denyDelete !== false && {
      path: "access.denyDelete",
      reason: "must be false while onRemoval is deleteWithLogs: nobody could delete the logs",
    },
];

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
        reason: "must not be the bucket of accessLogsBucketName",
      },
      row.bucketName === args.bucketName &&
        (row.encryption !== undefined || row.bucketFolderId !== undefined) && {
          path: `trails.${key}.bucketName`,
          reason: "is the main bucket: set its encryption and folder outside of trails",
        },
      rows.slice(0, i).some(([, other]) => other.bucketName === row.bucketName && differs(other, row)) && {
        path: `trails.${key}.bucketName`,
        reason: "is also the bucket of another trail, which sets a different encryption or folder",
      },
    ]),
    args.accessLogsBucketName !== undefined &&
      args.accessLogsBucketName === args.bucketName && {
        path: "accessLogsBucketName",
        reason: "must not be the bucket of bucketName",
      },
  ];
};

const trails: Rule = ({ trails: rows = onlyTrail }) => {
  const named = Object.entries(rows).flatMap(([key, { name }]) =>
    typeof name === "string" ? [{ key, name }] : [],
  );
  return [
    Object.keys(rows).length === 0 && { path: "trails", reason: "must have at least one trail" },
    ...named.map(
      ({ key, name }, i) =>
        named.slice(0, i).some((other) => other.name === name) && {
          path: `trails.${key}.name`,
          reason: `must be unique in the folder; another trail is called ${name}`,
        },
    ),
    ...Object.entries(rows).flatMap(([key, row]) => [
      row.managementEvents === false &&
        Object.keys(row.dataEvents ?? {}).length === 0 && {
          path: `trails.${key}`,
          reason: "collects nothing: set managementEvents to true, or add dataEvents",
        },
      ...Object.entries(row.dataEvents ?? {}).map(
        ([service, { includedEvents, excludedEvents }]) =>
          includedEvents !== undefined &&
          excludedEvents !== undefined && {
            path: `trails.${key}.dataEvents.${service}`,
            reason: "must have either includedEvents or excludedEvents, not both",
          },
      ),
    ]),
  ];
};

/**
 * Reports trails that collect the creation of log objects. Each such event makes a new log object: about 16 MB a month,
 * and more if trails collect from each other.
 */
const recursion: Rule = (args) => {
  const plan = new AuditTrailsPlan(args);
  const bucketFolders = plan.buckets.map(({ existingIn }) => existingIn ?? args.folderId);
  const allKnown = bucketFolders.every((folder) => typeof folder === "string");
  return plan.trails.flatMap(({ key, settings, dataEvents }) =>
    dataEvents.map(({ service, includedEvents, excludedEvents, scopes = [] }) => {
      const isCollected = includedEvents
        ? includedEvents.includes(objectCreated)
        : !excludedEvents?.includes(objectCreated);
      // The cloud of a folder is not known here.
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
            "collects events about log objects, and each event makes a new log object: exclude " +
            `${objectCreated}, choose folders without log buckets, or set allowRecursion`,
        }
      );
    }),
  );
};

/** Reports an entry that names both an existing account and a new one. */
const accounts: Rule = ({ serviceAccountId, serviceAccountName, trails: rows = {} }) =>
  [["", { serviceAccountId, serviceAccountName }] as const, ...Object.entries(rows)].map(
    ([key, row]) =>
      row.serviceAccountId !== undefined &&
      row.serviceAccountName !== undefined && {
        path: `${key && `trails.${key}.`}serviceAccountName`,
        reason: "is only for a new account, but serviceAccountId names an existing one",
      },
  );

/** Reports a key that names two ids. It would give one role binding two resources. */
const scopeKeys: Rule = ({ trails: rows = {} }) => {
  const known = new Map<string, unknown>();
  return Object.entries(rows).flatMap(([trail, row]) => {
    const tables = [
      { at: `trails.${trail}`, ...row },
      ...Object.entries(row.dataEvents ?? {}).map(([service, filter]) => ({
        at: `trails.${trail}.dataEvents.${service}`,
        ...filter,
      })),
    ];
    return tables.flatMap(({ at, clouds = {}, folders = {} }) =>
      Object.entries({ clouds, folders }).flatMap(([kind, ids]) =>
        Object.entries(ids).map(([key, id]) => {
          const before = known.get(key) ?? id;
          known.set(key, before);
          return (
            before !== id && {
              path: `${at}.${kind}.${key}`,
              reason: "has a different id in another trail: use a different key here",
            }
          );
        }),
      ),
    );
  });
};

const rules: readonly Rule[] = [
  encryption,
  existingBuckets,
  (args) => retentionFaults(args.retention),
  (args) => objectLockFaults(args.objectLock, args.retention),
  (args) => accessFaults(args.access),
  lock,
  access,
  bucketNames,
  trails,
  accounts,
  scopeKeys,
  recursion,
];

/** Returns all faults between arguments: combinations that contradict each other, or would lose or block logs. */
export const faultsAcross = (args: AuditTrailsArgs): (Fault | false | undefined)[] =>
  rules.flatMap((rule) => rule(args));
