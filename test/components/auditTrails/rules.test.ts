import type { AuditTrailsArgs } from "../../../components";
import { faultsAcross } from "../../../components/auditTrails/rules";
import { auditTrailsSchema } from "../../../components/auditTrails/schema";
import { findFaults } from "../../../components/guard";

/** Arguments as a program in plain JavaScript, or in another language, may give them. */
type Loose = Readonly<Record<string, unknown>>;

const args: AuditTrailsArgs = { organizationId: "o", folderId: "f", bucketName: "bucket-b" };
const faults = (others: Loose) =>
  findFaults({ ...args, ...others } as AuditTrailsArgs, auditTrailsSchema(), faultsAcross).map(
    ({ path, reason }) => `${path}: ${reason}`,
  );
const lock = { mode: "GOVERNANCE", days: 30 };
const compliance = { mode: "COMPLIANCE", years: 2 };
const access = { administrators: ["a"] };
const objectCreate = "yandex.cloud.audit.storage.ObjectCreate";
const storage = (filter: object, trail: object = {}) => ({
  trails: { t: { ...trail, dataEvents: { storage: filter } } },
});

test.each<[string, Loose]>([
  ["encryption.key: must be new, existing or none", { encryption: { key: "maybe" } }],
  ["encryption.keyId: is required while key is existing", { encryption: { key: "existing" } }],
  ["encryption.keyId: must not be set while key is none", { encryption: { key: "none", keyId: "k" } }],
  ["encryption.keyId: must not be set while key is new", { encryption: { keyId: "k" } }],
  ["encryption.keyName: is only for new keys", { encryption: { key: "existing", keyId: "k", keyName: "n" } }],
  [
    "encryption.key: must be existing or none: bucketFolderId names an existing bucket",
    { bucketFolderId: "g" },
  ],
  [
    "encryption.deletionProtection: must be false while onRemoval is deleteIfEmpty",
    { onRemoval: "deleteIfEmpty", encryption: { deletionProtection: true } },
  ],
  [
    "trails.t.encryption.key: must be existing or none: bucketFolderId names an existing bucket",
    { trails: { t: { bucketName: "bucket-c", bucketFolderId: "g" } } },
  ],
  ["trails.t.encryption: requires bucketName", { trails: { t: { encryption: { key: "none" } } } }],
  ["trails.t.bucketFolderId: requires bucketName", { trails: { t: { bucketFolderId: "g" } } }],
  [
    "retention: is only for new buckets",
    { bucketFolderId: "g", encryption: { key: "none" }, retention: { preset: "year" } },
  ],
  [
    "objectLock: is only for new buckets",
    { bucketFolderId: "g", encryption: { key: "none" }, objectLock: lock },
  ],
  [
    'retention.preset: must be guide, standard, archive or year, not "forever"',
    { retention: { preset: "forever" } },
  ],
  ["retention.expireAfterDays: must be at least 1, not 0", { retention: { expireAfterDays: 0 } }],
  [
    "retention.expireAfterDays: must be more than coldAfterDays, which is 90",
    { retention: { preset: "archive", expireAfterDays: 60 } },
  ],
  [
    "retention.iceAfterDays: must be more than coldAfterDays",
    { retention: { coldAfterDays: 90, iceAfterDays: 90 } },
  ],
  ["objectLock.mode: must be GOVERNANCE or COMPLIANCE", { objectLock: { mode: "SOFT", days: 1 } }],
  ["objectLock: needs either days or years", { objectLock: { mode: "GOVERNANCE" } }],
  ["objectLock: needs either days or years", { objectLock: { mode: "GOVERNANCE", days: 1, years: 1 } }],
  ["objectLock.days: must be at least 1, not 0", { objectLock: { mode: "GOVERNANCE", days: 0 } }],
  ['objectLock.confirmation: must be "nobody can delete a log for 2 years"', { objectLock: compliance }],
  [
    "objectLock.confirmation: must be",
    { objectLock: { ...compliance, confirmation: "nobody can delete a log for 1 years" } },
  ],
  ["retention.versioning: must be true", { objectLock: lock, retention: { versioning: false } }],
  ["retention.versioning: must be true", { objectLock: lock, retention: { preset: "guide" } }],
  [
    "retention.expireAfterDays: must be at least the 30 days of objectLock, not 7",
    { objectLock: lock, retention: { expireAfterDays: 7, oldVersionsExpireAfterDays: 30 } },
  ],
  [
    "retention.oldVersionsExpireAfterDays: must be at least the 30 days of objectLock, not 7",
    { objectLock: lock, retention: { oldVersionsExpireAfterDays: 7 } },
  ],
  [
    "onRemoval: must not be deleteWithLogs while objectLock",
    { objectLock: lock, onRemoval: "deleteWithLogs" },
  ],
  ["onRemoval: must be keep, deleteIfEmpty or deleteWithLogs", { onRemoval: "delete" }],
  ["maxSizeGiB: must be at least 1", { maxSizeGiB: 0 }],
  ["access.administrators: must contain at least the deploying account", { access: { administrators: [] } }],
  [
    "access: makes a policy of",
    {
      access: {
        administrators: Array(500)
          .fill(0)
          .map((_, i) => `${"a".repeat(44)}${i}`),
      },
    },
  ],
  [
    "access.denyDelete: must be false while onRemoval is deleteWithLogs",
    { access, onRemoval: "deleteWithLogs" },
  ],
  ["accessLogsBucketName: must not be the bucket of bucketName", { accessLogsBucketName: "bucket-b" }],
  [
    "trails.t.bucketName: must not be the bucket of accessLogsBucketName",
    { accessLogsBucketName: "bucket-c", trails: { t: { bucketName: "bucket-c" } } },
  ],
  [
    "trails.t.bucketName: is the main bucket",
    { trails: { t: { bucketName: "bucket-b", encryption: { key: "none" } } } },
  ],
  [
    "trails.u.bucketName: is also the bucket of another trail",
    { trails: { t: { bucketName: "bucket-c" }, u: { bucketName: "bucket-c", encryption: { key: "none" } } } },
  ],
  ["trails: must have at least one trail", { trails: {} }],
  ["serviceAccountName: is only for a new account", { serviceAccountId: "a", serviceAccountName: "name" }],
  [
    "trails.u.folders.one: has a different id in another trail",
    { trails: { t: { folders: { one: "g" } }, u: { folders: { one: "h" } } } },
  ],
  ["buckets: there is no such key. Keys are organizationId", { buckets: [] }],
  ["trails.u.name: must be unique in the folder", { trails: { t: { name: "n" }, u: { name: "n" } } }],
  ["trails.t: collects nothing", { trails: { t: { managementEvents: false } } }],
  ["trails.t: collects nothing", { trails: { t: { managementEvents: false, dataEvents: {} } } }],
  [
    "trails.t.serviceAccountName: is only for a new account",
    { trails: { t: { serviceAccountId: "a", serviceAccountName: "n" } } },
  ],
  [
    "trails.t.dataEvents.kms: must have either includedEvents or excludedEvents",
    {
      trails: {
        t: { dataEvents: { kms: { includedEvents: [objectCreate], excludedEvents: [objectCreate] } } },
      },
    },
  ],
  ["trails.t.dataEvents.storage: collects events about log objects", storage({})],
  [
    "trails.t.dataEvents.storage: collects events about log objects",
    storage({ includedEvents: [objectCreate] }),
  ],
  ["trails.t.dataEvents.storage: collects events about log objects", storage({}, { clouds: { any: "any" } })],
  [
    "trails.t.dataEvents.storage: collects events about log objects",
    storage({ folders: { other: "other", f: "f" } }),
  ],
])("refused: %s", (text, others) => {
  expect(faults(others)).toEqual(expect.arrayContaining([expect.stringContaining(text)]));
});

test("two trails that would log each other's buckets are both refused", () => {
  const trails = {
    t: {
      dataEvents: { storage: {} },
      folders: { g: "g" },
      bucketName: "bucket-c",
      bucketFolderId: "f",
      encryption: { key: "none" },
    },
    u: {
      dataEvents: { storage: {} },
      folders: { f: "f" },
      bucketName: "bucket-d",
      bucketFolderId: "g",
      encryption: { key: "none" },
    },
  };
  expect(faults({ trails })).toEqual([
    expect.stringContaining("trails.t.dataEvents.storage"),
    expect.stringContaining("trails.u.dataEvents.storage"),
  ]);
});

test.each<[Loose]>([
  [{}],
  [{ encryption: { key: "existing", keyId: "k" }, bucketFolderId: "g" }],
  [{ objectLock: lock, retention: { preset: "year" } }],
  [{ objectLock: { ...compliance, confirmation: "nobody can delete a log for 2 years" } }],
  [{ access: { ...access, denyDelete: false }, onRemoval: "deleteWithLogs" }],
  [{ trails: { t: { bucketName: "bucket-b" }, u: {} } }],
  [storage({ excludedEvents: [objectCreate] })],
  [storage({ includedEvents: ["yandex.cloud.audit.storage.ObjectDelete"] })],
  [storage({ folders: { other: "other" } })],
  [storage({}, { folders: { other: "other" } })],
  [storage({}, { allowRecursion: true })],
])("accepted: %j", (others) => {
  expect(faults(others)).toEqual([]);
});
