import type { AuditTrailsArgs } from "../../../components";
import { AuditTrailsPlan } from "../../../components/auditTrails/plan";
import { warningsOf } from "../../../components/auditTrails/warnings";

const args: AuditTrailsArgs = { organizationId: "o", folderId: "f", bucketName: "b" };
const warnings = (others: Partial<AuditTrailsArgs>) => {
  const all = { ...args, ...others };
  return warningsOf(all, new AuditTrailsPlan(all));
};
const collecting = (kms: object) => ({ trails: { organization: { dataEvents: { kms } } } });
const generate = "yandex.cloud.audit.kms.GenerateDataKey";
const encrypt = "yandex.cloud.audit.kms.Encrypt";

test.each<[string, Partial<AuditTrailsArgs>]>([
  ["data events of KMS", collecting({})],
  ["data events of KMS", collecting({ includedEvents: [generate] })],
  ["data events of KMS", collecting({ excludedEvents: [encrypt] })],
  ["has 4 trails", { trails: { a: {}, b: {}, c: {}, d: {} } }],
  ["Object lock is not verified", { objectLock: { mode: "GOVERNANCE", days: 1 } }],
])("the user is warned of %s: %j", (text, others) => {
  expect(warnings(others)).toEqual([expect.stringContaining(text)]);
});

test.each<[Partial<AuditTrailsArgs>]>([
  [{}],
  [{ trails: { a: {}, b: {}, c: {} } }],
  [collecting({ excludedEvents: [encrypt, generate] })],
  [collecting({ includedEvents: ["yandex.cloud.audit.kms.Decrypt"] })],
  [{ ...collecting({}), encryption: { key: "none" } }],
])("the user is not warned of %j", (others) => {
  expect(warnings(others)).toEqual([]);
});

test.each<[Partial<AuditTrailsArgs>, string]>([
  [
    { organizationId: "b1gfolder" },
    'organizationId: "b1gfolder" looks like the id of a cloud or folder. This must be the id of an organization.',
  ],
  [{ folderId: "bpforganization" }, 'folderId: "bpforganization" looks like'],
  [{ bucketFolderId: "abjkey", encryption: { key: "none" } }, "bucketFolderId:"],
  [{ encryption: { key: "existing", keyId: "ajeaccount" } }, "encryption.keyId:"],
  [{ trails: { t: { folders: { one: "bpforganization" } } } }, "trails.t.folders.one:"],
  [
    { trails: { t: { dataEvents: { kms: { clouds: { one: "enpnetwork" } } } }, u: {} } },
    "trails.t.dataEvents.kms.clouds.one:",
  ],
  [{ access: { administrators: ["bpforganization"] } }, "access.administrators.0:"],
  [{ trails: { t: { dataEvents: { s3: {} } } } }, 'trails.t.dataEvents.s3: no service "s3" is documented'],
])("the user is warned of the unlikely value %j", (others, text) => {
  expect(warnings(others)).toContainEqual(expect.stringContaining(text));
});
