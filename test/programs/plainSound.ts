import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";

// The guide by hand, without our components: what somebody writes who knows the provider alone.
const config = new pulumi.Config();
const organizationId = config.require("organizationId");
const folderId = config.require("folderId");

const kept = { protect: config.get("protected") !== "false" };
const key = new yandex.KmsSymmetricKey("logs", { folderId, name: "logs", deletionProtection: true }, kept);
const bucket = new yandex.StorageBucket(
  "logs",
  {
    bucket: config.require("bucketName"),
    folderId,
    versioning: { enabled: true },
    serverSideEncryptionConfiguration: {
      rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId: key.id, sseAlgorithm: "aws:kms" } },
    },
    forceDestroy: config.getBoolean("forceDestroy"),
  },
  kept,
);
const account = new yandex.IamServiceAccount("logs", { folderId, name: "logs" });
const member = pulumi.interpolate`serviceAccount:${account.id}`;
const roles = [
  new yandex.OrganizationmanagerOrganizationIamMember("viewer", {
    organizationId,
    role: "audit-trails.viewer",
    member,
  }),
  new yandex.ResourcemanagerFolderIamMember("uploader", { folderId, role: "storage.uploader", member }),
  new yandex.KmsSymmetricKeyIamMember("encrypter", {
    symmetricKeyId: key.id,
    role: "kms.keys.encrypterDecrypter",
    member,
  }),
];

const resourceType = "organization-manager.organization";
if (config.get("trail") !== "false")
  new yandex.AuditTrailsTrail(
    "organization",
    {
      folderId,
      name: "organization",
      serviceAccountId: account.id,
      storageDestination: { bucketName: bucket.bucket, objectPrefix: config.get("objectPrefix") },
      filteringPolicy: {
        managementEventsFilter: { resourceScopes: [{ resourceId: organizationId, resourceType }] },
      },
    },
    { ...kept, dependsOn: roles },
  );
