import type { AuditTrailsArgs } from "../../../components";
import { contradictionsOf } from "../../../components/auditTrails/rules";

const args: AuditTrailsArgs = { organizationId: "o", folderId: "f", bucketName: "b" };
const contradictions = (others: Partial<AuditTrailsArgs>) =>
  contradictionsOf({ ...args, ...others }).map(({ path, reason }) => `${path}: ${reason}`);
const lock = { mode: "GOVERNANCE", days: 30 };
const compliance = { mode: "COMPLIANCE", years: 2 };
const access = { administrators: ["a"] };
const objectCreate = "yandex.cloud.audit.storage.ObjectCreate";
const storage = (filter: object, trail: object = {}) => ({
  trails: { t: { ...trail, dataEvents: { storage: filter } } },
});

test.each<[string, Partial<AuditTrailsArgs>]>([
  ["encryption.key: must be new, existing or none", { encryption: { key: "maybe" } }],
  ["encryption.keyId: is needed while key is existing", { encryption: { key: "existing" } }],
  ["encryption.keyId: must not be given while key is none", { encryption: { key: "none", keyId: "k" } }],
  ["encryption.keyId: must not be given while key is new", { encryption: { keyId: "k" } }],
  ["encryption.keyName: is for new keys", { encryption: { key: "existing", keyId: "k", keyName: "n" } }],
  ["encryption.key: bucketFolderId names an existing bucket", { bucketFolderId: "g" }],
  [
    "encryption.deletionProtection: must be false while onRemoval is deleteIfEmpty",
    { onRemoval: "deleteIfEmpty", encryption: { deletionProtection: true } },
  ],
  [
    "trails.t.encryption.key: bucketFolderId names an existing bucket",
    { trails: { t: { bucketName: "c", bucketFolderId: "g" } } },
  ],
  ["trails.t.encryption: needs a bucketName", { trails: { t: { encryption: { key: "none" } } } }],
  ["trails.t.bucketFolderId: needs a bucketName", { trails: { t: { bucketFolderId: "g" } } }],
  [
    "retention: is for new buckets",
    { bucketFolderId: "g", encryption: { key: "none" }, retention: { preset: "year" } },
  ],
  ["objectLock: is for new buckets", { bucketFolderId: "g", encryption: { key: "none" }, objectLock: lock }],
  ["retention.preset: must be guide, standard, archive, year", { retention: { preset: "forever" } }],
  ["retention.expireAfterDays: must be a whole number of at least 1", { retention: { expireAfterDays: 0 } }],
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
  ["objectLock: must lock for a whole number", { objectLock: { mode: "GOVERNANCE", days: 0 } }],
  ['objectLock.confirmation: must be "nobody can delete a log for 2 years"', { objectLock: compliance }],
  [
    "objectLock.confirmation: must be",
    { objectLock: { ...compliance, confirmation: "nobody can delete a log for 1 years" } },
  ],
  ["retention.versioning: must be on", { objectLock: lock, retention: { versioning: false } }],
  ["retention.versioning: must be on", { objectLock: lock, retention: { preset: "guide" } }],
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
  ["onRemoval: must be keep, deleteIfEmpty, deleteWithLogs", { onRemoval: "delete" }],
  ["maxSizeGiB: must be a whole number of at least 1", { maxSizeGiB: 0 }],
  ["access.administrators: must list the deploying account", { access: { administrators: [] } }],
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
  ["accessLogsBucketName: must be another bucket", { accessLogsBucketName: "b" }],
  [
    "trails.t.bucketName: must be another bucket than accessLogsBucketName",
    { accessLogsBucketName: "c", trails: { t: { bucketName: "c" } } },
  ],
  [
    "trails.t.bucketName: is the main bucket",
    { trails: { t: { bucketName: "b", encryption: { key: "none" } } } },
  ],
  [
    "trails.u.bucketName: is a bucket of another trail too",
    { trails: { t: { bucketName: "c" }, u: { bucketName: "c", encryption: { key: "none" } } } },
  ],
  ["trails: must have at least one trail", { trails: {} }],
  [
    "trails.u.trailName: must be unique in the folder",
    { trails: { t: { trailName: "n" }, u: { trailName: "n" } } },
  ],
  ["trails.t: collects nothing", { trails: { t: { managementEvents: false } } }],
  ["trails.t: collects nothing", { trails: { t: { managementEvents: false, dataEvents: {} } } }],
  [
    "trails.t.serviceAccountName: is for a new account",
    { trails: { t: { serviceAccountId: "a", serviceAccountName: "n" } } },
  ],
  [
    "trails.t.dataEvents.kms: takes either includedEvents or excludedEvents",
    { trails: { t: { dataEvents: { kms: { includedEvents: ["x"], excludedEvents: ["y"] } } } } },
  ],
  ["trails.t.dataEvents.storage: tells of the log objects too", storage({})],
  ["trails.t.dataEvents.storage: tells of the log objects too", storage({ includedEvents: [objectCreate] })],
  ["trails.t.dataEvents.storage: tells of the log objects too", storage({}, { clouds: ["any"] })],
  ["trails.t.dataEvents.storage: tells of the log objects too", storage({ folders: ["other", "f"] })],
])("refused: %s", (text, others) => {
  expect(contradictions(others)).toEqual(expect.arrayContaining([expect.stringContaining(text)]));
});

test("two trails that would log each other's buckets are both refused", () => {
  const trails = {
    t: {
      dataEvents: { storage: {} },
      folders: ["g"],
      bucketName: "c",
      bucketFolderId: "f",
      encryption: { key: "none" },
    },
    u: {
      dataEvents: { storage: {} },
      folders: ["f"],
      bucketName: "d",
      bucketFolderId: "g",
      encryption: { key: "none" },
    },
  };
  expect(contradictions({ trails })).toEqual([
    expect.stringContaining("trails.t.dataEvents.storage"),
    expect.stringContaining("trails.u.dataEvents.storage"),
  ]);
});

test.each<[Partial<AuditTrailsArgs>]>([
  [{}],
  [{ encryption: { key: "existing", keyId: "k" }, bucketFolderId: "g" }],
  [{ objectLock: lock, retention: { preset: "year" } }],
  [{ objectLock: { ...compliance, confirmation: "nobody can delete a log for 2 years" } }],
  [{ access: { ...access, denyDelete: false }, onRemoval: "deleteWithLogs" }],
  [{ trails: { t: { bucketName: "b" }, u: {} } }],
  [storage({ excludedEvents: [objectCreate] })],
  [storage({ includedEvents: ["yandex.cloud.audit.storage.ObjectDelete"] })],
  [storage({ folders: ["other"] })],
  [storage({}, { folders: ["other"] })],
  [storage({}, { allowRecursion: true })],
])("accepted: %j", (others) => {
  expect(contradictions(others)).toEqual([]);
});
