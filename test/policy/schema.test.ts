import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Property {
  readonly $ref?: string;
  readonly items?: Property;
}
interface Shape {
  readonly properties?: Readonly<Record<string, Property>>;
}
interface Schema {
  readonly resources: Readonly<Record<string, Shape>>;
  readonly types: Readonly<Record<string, Shape>>;
}

const schemaOf = (release: string): Schema =>
  JSON.parse(readFileSync(join(__dirname, "..", "data", `schema-${release}.json`), "utf8"));

/** Checks whether a path leads to a property, also through lists. */
function leads(schema: Schema, type: string, path: string): boolean {
  const token = Object.keys(schema.resources).find((each) => each.endsWith(`:${type}`)) ?? "";
  let shape: Shape | undefined = schema.resources[token];
  for (const name of path.split(".")) {
    const property: Property | undefined = shape?.properties?.[name];
    if (!property) return false;
    const { $ref } = property.items ?? property;
    shape = $ref ? schema.types[$ref.replace("#/types/", "")] : undefined;
  }
  return true;
}

/** Properties that the rules read. */
const paths: Readonly<Record<string, readonly string[]>> = {
  AuditTrailsTrail: [
    "auditTrailsTrailId",
    "name",
    "serviceAccountId",
    "storageDestination.bucketName",
    "storageDestination.objectPrefix",
    "loggingDestination",
    "dataStreamDestination",
    "filteringPolicy.managementEventsFilter.resourceScopes.resourceId",
    "filteringPolicy.managementEventsFilter.resourceScopes.resourceType",
    "filteringPolicy.dataEventsFilters.resourceScopes.resourceType",
    "filter.pathFilter.anyFilter.resourceType",
    "filter.pathFilter.someFilter.anyFilters.resourceType",
    "filter.eventFilters.pathFilter.anyFilter.resourceType",
    "filter.eventFilters.pathFilter.someFilter.anyFilters.resourceType",
  ],
  StorageBucket: [
    "bucket",
    "storageBucketId",
    "folderId",
    "acl",
    "anonymousAccessFlags.read",
    "anonymousAccessFlags.list",
    "anonymousAccessFlags.configRead",
    "grants.uri",
    "grants.permissions",
    "policy",
    "website.indexDocument",
    "forceDestroy",
    "versioning.enabled",
    "lifecycleRules.id",
    "lifecycleRules.enabled",
    "lifecycleRules.prefix",
    "lifecycleRules.filter.prefix",
    "lifecycleRules.filter.and.prefix",
    "lifecycleRules.expiration.days",
    "lifecycleRules.expiration.date",
    "lifecycleRules.noncurrentVersionExpiration.days",
    "objectLockConfiguration.objectLockEnabled",
    "objectLockConfiguration.rule.defaultRetention.days",
    "objectLockConfiguration.rule.defaultRetention.years",
    "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.kmsMasterKeyId",
    "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault.sseAlgorithm",
  ],
  KmsSymmetricKey: ["kmsSymmetricKeyId", "name", "deletionProtection"],
  IamServiceAccount: ["iamServiceAccountId", "name"],
  OrganizationmanagerOrganizationIamMember: ["organizationId", "role", "member"],
  ResourcemanagerCloudIamMember: ["cloudId", "role", "member"],
  ResourcemanagerFolderIamMember: ["folderId", "role", "member"],
  KmsSymmetricKeyIamMember: ["symmetricKeyId", "role", "member"],
};
const newer = { ...paths, StorageBucketPolicy: ["bucket", "policy"] };

test.each([
  ["0.137.0", paths],
  ["0.222.0", newer],
])("every property that the rules read is one of release %s", (release, read) => {
  const schema = schemaOf(release);
  const missing = Object.entries(read).flatMap(([type, names]) =>
    names.filter((path) => !leads(schema, type, path)).map((path) => `${type}.${path}`),
  );
  expect(missing).toEqual([]);
  expect(leads(schema, "StorageBucket", "lifecycleRules.expiration.hours")).toBe(false);
});
