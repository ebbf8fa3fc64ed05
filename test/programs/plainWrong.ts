import * as pulumi from "@pulumi/pulumi";
import * as yandex from "@pulumi/yandex";

// A trail, and around it everything that the policy pack has a rule against.
const config = new pulumi.Config();
const folderId = config.require("folderId");

const bucket = new yandex.StorageBucket(
  "bucket",
  {
    bucket: config.require("bucketName"),
    folderId,
    acl: "public-read",
    anonymousAccessFlags: { read: true, list: false },
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Sid: "open", Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "*" },
    }),
    website: { indexDocument: "index.html" },
    forceDestroy: true,
    objectLockConfiguration: {
      objectLockEnabled: "Enabled",
      rule: { defaultRetention: { mode: "GOVERNANCE", days: 60 } },
    },
    lifecycleRules: [{ id: "short", enabled: true, expiration: { days: 30 } }],
  },
  { deleteBeforeReplace: true },
);
const account = new yandex.IamServiceAccount("account", { folderId, name: "wrong" });
const member = pulumi.interpolate`serviceAccount:${account.id}`;
new yandex.ResourcemanagerFolderIamMember("editor", { folderId, role: "editor", member });
new yandex.ResourcemanagerFolderIamMember("public", {
  folderId,
  role: "storage.viewer",
  member: "system:allUsers",
});
new yandex.ResourcemanagerFolderIamBinding("uploader", {
  folderId,
  role: "storage.uploader",
  members: [member],
});
new yandex.IamServiceAccountStaticAccessKey("static", { serviceAccountId: account.id });
new yandex.AuditTrailsTrail("trail", {
  folderId,
  name: "wrong",
  serviceAccountId: account.id,
  storageDestination: { bucketName: bucket.bucket },
  filteringPolicy: {
    managementEventsFilter: {
      resourceScopes: [{ resourceId: folderId, resourceType: "resource-manager.folder" }],
    },
  },
});
new yandex.AuditTrailsTrail("elsewhere", {
  folderId,
  name: "elsewhere",
  serviceAccountId: "ajeelsewhere",
  storageDestination: { bucketName: "elsewhere" },
  filteringPolicy: {
    managementEventsFilter: {
      resourceScopes: [
        { resourceId: config.require("organizationId"), resourceType: "organization-manager.organization" },
      ],
    },
  },
});
