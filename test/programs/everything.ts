import * as yandex from "@pulumi/yandex";

/**
 * More of the provider than the components use: what programs and modules of others do with these services. Arguments
 * are as in the vendor's own modules.
 */
function everything(organizationId: string, folderId: string, cloudId: string) {
  const owner = new yandex.IamServiceAccount("owner", {
    folderId,
    name: "owner",
  });
  const ownerKey = new yandex.IamServiceAccountStaticAccessKey("owner-key", {
    serviceAccountId: owner.id,
    description: "signs requests to Object Storage",
  });
  const ownerRole = new yandex.ResourcemanagerFolderIamMember("owner-role", {
    folderId,
    role: "storage.admin",
    member: owner.id.apply((id) => `serviceAccount:${id}`),
  });
  const key = new yandex.KmsSymmetricKey("key", {
    folderId,
    name: "key",
    description: "for the bucket",
    defaultAlgorithm: "AES_256",
    rotationPeriod: "8760h",
  });
  const logs = new yandex.StorageBucket("logs", { folderId, bucket: "request-logs" });
  const bucket = new yandex.StorageBucket(
    "bucket",
    {
      folderId,
      bucket: "everything",
      accessKey: ownerKey.accessKey,
      secretKey: ownerKey.secretKey,
      grants: [
        { id: owner.id, type: "CanonicalUser", permissions: ["FULL_CONTROL"] },
        {
          type: "Group",
          uri: "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
          permissions: ["READ"],
        },
      ],
      corsRules: [
        {
          allowedHeaders: ["*"],
          allowedMethods: ["GET", "PUT"],
          allowedOrigins: ["https://storage.example"],
          exposeHeaders: ["ETag"],
          maxAgeSeconds: 3000,
        },
      ],
      website: {
        indexDocument: "index.html",
        errorDocument: "error.html",
        routingRules: JSON.stringify([
          { Condition: { KeyPrefixEquals: "docs/" }, Redirect: { ReplaceKeyPrefixWith: "documents/" } },
        ]),
      },
      lifecycleRules: [
        { id: "old", enabled: true, filter: { prefix: "old/" }, expiration: { days: 30 } },
        {
          id: "cold",
          enabled: true,
          filter: { prefix: "log/" },
          transitions: [{ days: 30, storageClass: "COLD" }],
          expiration: { days: 90 },
        },
        {
          id: "versions",
          enabled: true,
          filter: { prefix: "config/" },
          noncurrentVersionTransitions: [{ days: 30, storageClass: "COLD" }],
          noncurrentVersionExpiration: { days: 90 },
        },
        {
          id: "tagged",
          enabled: true,
          filter: { and: { prefix: "a/", objectSizeGreaterThan: 10, tags: { keep: "no" } } },
          expiration: { date: "2040-01-01" },
        },
        { id: "uploads", enabled: true, abortIncompleteMultipartUploadDays: 7 },
      ],
      versioning: { enabled: true },
      objectLockConfiguration: {
        objectLockEnabled: "Enabled",
        rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } },
      },
      policy: owner.id.apply((id) =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "owner",
              Effect: "Allow",
              Action: ["*"],
              Resource: ["arn:aws:s3:::everything/*", "arn:aws:s3:::everything"],
              Principal: { CanonicalUser: id },
            },
          ],
        }),
      ),
      serverSideEncryptionConfiguration: {
        rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId: key.id, sseAlgorithm: "aws:kms" } },
      },
      loggings: [{ targetBucket: logs.bucket, targetPrefix: "everything/" }],
      https: { certificateId: "fpq00000000000000001" },
      maxSize: 1 << 20,
      defaultStorageClass: "COLD",
      anonymousAccessFlags: { list: false, read: false, configRead: false },
      tags: { team: "storage" },
    },
    { dependsOn: ownerRole },
  );
  const account = new yandex.IamServiceAccount("account", { folderId, name: "account" });
  const member = account.id.apply((id) => `serviceAccount:${id}`);
  new yandex.IamServiceAccountKey("authorized-key", {
    serviceAccountId: account.id,
    keyAlgorithm: "RSA_2048",
  });
  new yandex.IamServiceAccountIamMember("user", {
    serviceAccountId: account.id,
    role: "iam.serviceAccounts.user",
    member: "userAccount:somebody",
  });
  new yandex.KmsSecretCiphertext("ciphertext", { keyId: key.id, aadContext: "for", plaintext: "a secret" });
  const folder = new yandex.ResourcemanagerFolder("folder", {
    cloudId,
    name: "extra",
    labels: { team: "storage" },
  });
  // Bindings of a whole role, beside those of one member.
  const bindings = [
    new yandex.ResourcemanagerFolderIamBinding("uploaders", {
      folderId,
      role: "storage.uploader",
      members: [member],
    }),
    new yandex.KmsSymmetricKeyIamBinding("encrypters", {
      symmetricKeyId: key.id,
      role: "kms.keys.encrypter",
      members: [member],
    }),
    new yandex.OrganizationmanagerOrganizationIamMember("viewer", {
      organizationId,
      role: "audit-trails.viewer",
      member,
    }),
  ];
  const scope = { resourceId: folderId, resourceType: "resource-manager.folder" };
  const trail = new yandex.AuditTrailsTrail(
    "trail",
    {
      folderId,
      name: "trail",
      labels: { team: "security" },
      serviceAccountId: account.id,
      storageDestination: { bucketName: logs.bucket.apply((name) => name ?? ""), objectPrefix: "trail" },
      filteringPolicy: {
        managementEventsFilter: { resourceScopes: [scope] },
        dataEventsFilters: [
          { service: "dns", resourceScopes: [scope] },
          {
            service: "mdb.postgresql",
            resourceScopes: [scope],
            excludedEvents: ["yandex.cloud.audit.mdb.postgresql.CreateUser"],
          },
        ],
      },
    },
    { dependsOn: bindings },
  );
  return { status: trail.status, bucket: bucket.bucket, folder: folder.id };
}

const { ORGANIZATION_ID = "", FOLDER_ID = "", CLOUD_ID = "" } = process.env;
export const { status, bucket, folder } = everything(ORGANIZATION_ID, FOLDER_ID, CLOUD_ID);
