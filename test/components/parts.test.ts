import {
  AuditTrails,
  EncryptionKey,
  LogBucket,
  LogReader,
  Trail,
  TrailServiceAccount,
} from "../../components";
import { register } from "../support/mocks";

/** Arguments as a program in plain JavaScript, or in another language, may give them. */
type Loose = Readonly<Record<string, unknown>>;

const organization = { resourceId: "o", resourceType: "organization-manager.organization" } as const;
const parts = {
  AuditTrails: { Part: AuditTrails, right: { organizationId: "o", folderId: "f", bucketName: "bucket" } },
  EncryptionKey: { Part: EncryptionKey, right: { folderId: "f" } },
  LogBucket: { Part: LogBucket, right: { folderId: "f", name: "bucket" } },
  LogReader: { Part: LogReader, right: { folderId: "f" } },
  Trail: {
    Part: Trail,
    right: { folderId: "f", bucketName: "bucket", serviceAccountId: "a", scopes: [organization] },
  },
  TrailServiceAccount: {
    Part: TrailServiceAccount,
    right: { folderId: "f", scopes: { "": organization }, bucketFolderIds: { "": "f" } },
  },
} as const;
type PartName = keyof typeof parts;

/** Builds a part alone. @returns the faults that it is refused for. */
async function faultsOf(part: PartName, args: Loose): Promise<string[]> {
  const { Part, right } = parts[part];
  const message = await register(() => new Part("part", { ...right, ...args } as never)).then(
    () => "",
    (error: Error) => error.message,
  );
  const [title, ...faults] = message.split("\n  - ");
  if (faults.length > 0) expect(title).toMatch(`${part} "part": `);
  return faults;
}

test.each(Object.keys(parts) as PartName[])("%s takes right arguments", async (part) => {
  expect(await faultsOf(part, {})).toEqual([]);
});

test.each<[PartName, string, Loose]>([
  ["EncryptionKey", "folderId: is missing", { folderId: undefined }],
  ["EncryptionKey", "name: must be 1 to 100 characters", { name: "" }],
  ["EncryptionKey", "algorithm: must be AES_128, AES_192, AES_256 or AES_256_HSM", { algorithm: "RSA" }],
  ["EncryptionKey", "rotationPeriod: must be a Go duration such as 8760h", { rotationPeriod: "a year" }],
  ["EncryptionKey", "deletionProtection: must be true or false", { deletionProtection: "yes" }],
  ["EncryptionKey", "labels.Team: a label's key must be", { labels: { Team: "x" } }],
  ["LogBucket", "name: must consist of a-z, 0-9, - and .", { name: "Bucket" }],
  ["LogBucket", "keyId: must be the id of a key", { keyId: "" }],
  [
    "LogBucket",
    "retention.preset: must be guide, standard, archive or year",
    { retention: { preset: "yaer" } },
  ],
  [
    "LogBucket",
    "retention.expireAfterDays: must be at least 1, not 0",
    { retention: { expireAfterDays: 0 } },
  ],
  [
    "LogBucket",
    "retention.expireAfterDays: must be more than coldAfterDays, which is 90, not 60",
    { retention: { preset: "archive", expireAfterDays: 60 } },
  ],
  [
    "LogBucket",
    "objectLock.mode: must be GOVERNANCE or COMPLIANCE",
    { objectLock: { mode: "SOFT", days: 1 } },
  ],
  ["LogBucket", "objectLock: needs either days or years", { objectLock: { mode: "GOVERNANCE" } }],
  [
    "LogBucket",
    'objectLock.confirmation: must be "nobody can delete a log for 30 days"',
    { objectLock: { mode: "COMPLIANCE", days: 30 } },
  ],
  [
    "LogBucket",
    "retention.versioning: must be true while objectLock is set",
    { objectLock: { mode: "GOVERNANCE", days: 1 }, retention: { preset: "guide" } },
  ],
  [
    "LogBucket",
    "access.administrators: must contain at least the deploying account",
    { access: { administrators: [] } },
  ],
  ["LogBucket", "maxSizeGiB: must be at least 1, not 0", { maxSizeGiB: 0 }],
  ["LogReader", "bucketFolderId: must be the id of a folder", { bucketFolderId: "" }],
  ["LogReader", "keyId: must be the id of a key", { keyId: 1 }],
  [
    "LogReader",
    "name: is only for a new account, but existingId names an existing one",
    { existingId: "a", name: "name" },
  ],
  ["Trail", "scopes: must name at least one scope", { scopes: [] }],
  [
    "Trail",
    "scopes.0.resourceType: must be organization-manager.organization, resource-manager.cloud or",
    { scopes: [{ resourceId: "o", resourceType: "organization" }] },
  ],
  ["Trail", "objectPrefix: must not begin or end with /", { objectPrefix: "logs/" }],
  ["Trail", "managementEvents: must be true if there are no dataEvents", { managementEvents: false }],
  ["Trail", "dataEvents.0.service: must be the name of a service", { dataEvents: [{ service: "" }] }],
  [
    "Trail",
    "dataEvents.0.includedEvents: must name at least one event type",
    { dataEvents: [{ service: "kms", includedEvents: [] }] },
  ],
  [
    "Trail",
    "dataEvents.1.service: must be a different service: there is already a filter for kms",
    { dataEvents: [{ service: "kms" }, { service: "kms" }] },
  ],
  ["Trail", "activeTimeoutSeconds: must be at least 0, not -1", { activeTimeoutSeconds: -1 }],
  [
    "TrailServiceAccount",
    "scopes.all.resourceType: must be organization-manager.organization, resource-manager.cloud or",
    { scopes: { all: { resourceId: "o", resourceType: "organization" } } },
  ],
  ["TrailServiceAccount", "bucketFolderIds.a: must be the id of a folder", { bucketFolderIds: { a: "" } }],
  ["TrailServiceAccount", "keyIds.a: must be the id of a key", { keyIds: { a: 1 } }],
  [
    "TrailServiceAccount",
    "name: is only for a new account, but existingId names an existing one",
    { existingId: "a", name: "name" },
  ],
])("%s alone refuses: %s", async (part, fault, args) => {
  expect(await faultsOf(part, args)).toEqual([expect.stringContaining(fault)]);
});

test.each(Object.keys(parts) as PartName[])("%s alone refuses a name that is no argument", async (part) => {
  expect(await faultsOf(part, { folderID: "f" })).toEqual([
    "folderID: there is no such key. Did you mean folderId?",
  ]);
});

test("a part names all its faults at once", async () => {
  const access = { administrators: [] };
  const faults = await faultsOf("LogBucket", { name: "B", retention: { preset: "x" }, access, more: 1 });
  expect(faults.map((fault) => fault.split(":")[0])).toEqual([
    "name",
    "retention.preset",
    "access.administrators",
    "more",
  ]);
});

test("a trail that depends on the parts waits for their resources; without one of them it does not", async () => {
  const waitsFor = async (...names: readonly ("bucket" | "account")[]) => {
    const { resources } = await register(() => {
      const { keyId } = new EncryptionKey("key", { folderId: "f" });
      const account = new TrailServiceAccount("account", {
        folderId: "f",
        scopes: { organization },
        bucketFolderIds: { logs: "f" },
        keyIds: { logs: keyId },
      });
      const bucket = new LogBucket("bucket", { folderId: "f", name: "audit-logs", keyId });
      const { serviceAccountId } = account;
      const args = { folderId: "f", bucketName: "audit-logs", serviceAccountId, scopes: [organization] };
      return new Trail("trail", args, { dependsOn: names.map((name) => ({ bucket, account })[name]) });
    });
    return resources.find(({ type }) => type === "AuditTrailsTrail")?.waitsFor;
  };
  const ofAccount = [
    "IamServiceAccount",
    "OrganizationmanagerOrganizationIamMember",
    "ResourcemanagerFolderIamMember",
    "KmsSymmetricKeyIamMember",
  ];
  expect(await waitsFor("bucket", "account")).toEqual(["StorageBucket", ...ofAccount]);
  expect(await waitsFor("account")).toEqual(ofAccount);
  expect(await waitsFor("bucket")).toEqual(["StorageBucket"]);
});
