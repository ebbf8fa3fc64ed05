import type { PlaceNoun } from "../places";
import { trailRoles } from "../roles";

/** Role that the deploying account needs, and the resource on which it needs it. */
interface NeededRole {
  /** @default the role that the failed operation was to grant: nobody can grant a role without having its permissions */
  readonly role?: string;
  readonly on: PlaceNoun;
  /** Input with the id of that resource; absent if the failed resource has no such input. */
  readonly idInput: string;
}

/** Kind of resource whose operation failed. */
export interface FailedResource {
  /** Name of this kind of resource in messages. */
  readonly title: string;
  readonly needs: readonly NeededRole[];
  /** Paths of inputs that name a resource which must exist already. */
  readonly refersTo: readonly string[];
  /** Other missing roles that may cause a denial, as a sentence. */
  readonly alsoNeeds?: string;
  /** Advice for a name that is taken. */
  readonly taken?: string;
}

/** Kinds of resources by type token, with the roles that they need: https://yandex.cloud/en/docs/iam/roles-reference. */
export const failedResources: Readonly<Record<string, FailedResource>> = {
  "yandex:index/kmsSymmetricKey:KmsSymmetricKey": {
    title: "KMS key",
    needs: [{ role: "kms.admin", on: "folder", idInput: "folderId" }],
    refersTo: ["folderId"],
  },
  "yandex:index/storageBucket:StorageBucket": {
    title: "bucket",
    needs: [{ role: "storage.admin", on: "folder", idInput: "folderId" }],
    refersTo: ["folderId"],
    taken:
      "Bucket names are unique in the whole service, not only in your cloud: choose another `bucketName`.",
  },
  "yandex:index/storageBucketPolicy:StorageBucketPolicy": {
    title: "bucket policy",
    needs: [{ role: "storage.admin", on: "folder", idInput: "folderId" }],
    refersTo: ["bucket"],
    alsoNeeds:
      "Or the bucket already has a policy that denies access to the account: add the account to the administrators of `access`.",
  },
  "yandex:index/iamServiceAccount:IamServiceAccount": {
    title: "service account",
    needs: [
      { role: "iam.serviceAccounts.admin", on: "folder", idInput: "folderId" },
      // The provider reads the folder's cloud first.
      { role: "resource-manager.viewer", on: "folder", idInput: "folderId" },
    ],
    refersTo: ["folderId"],
    taken:
      "Names of service accounts are unique in a cloud: choose another `serviceAccountName`, for example: pulumi config set " +
      "serviceAccountName <another name>",
  },
  "yandex:index/organizationmanagerOrganizationIamMember:OrganizationmanagerOrganizationIamMember": {
    title: "access binding of the organization",
    needs: [
      { role: "organization-manager.admin", on: "organization", idInput: "organizationId" },
      { on: "organization", idInput: "organizationId" },
    ],
    refersTo: ["organizationId"],
  },
  "yandex:index/resourcemanagerCloudIamMember:ResourcemanagerCloudIamMember": {
    title: "access binding of the cloud",
    needs: [
      { role: "resource-manager.admin", on: "cloud", idInput: "cloudId" },
      { on: "cloud", idInput: "cloudId" },
    ],
    refersTo: ["cloudId"],
  },
  "yandex:index/resourcemanagerFolderIamMember:ResourcemanagerFolderIamMember": {
    title: "access binding of the folder",
    needs: [
      { role: "resource-manager.admin", on: "folder", idInput: "folderId" },
      { on: "folder", idInput: "folderId" },
    ],
    refersTo: ["folderId"],
  },
  "yandex:index/kmsSymmetricKeyIamMember:KmsSymmetricKeyIamMember": {
    title: "access binding of the KMS key",
    needs: [{ role: "kms.admin", on: "key", idInput: "symmetricKeyId" }],
    refersTo: ["symmetricKeyId"],
  },
  "yandex:index/auditTrailsTrail:AuditTrailsTrail": {
    title: "trail",
    needs: [
      { role: "audit-trails.editor", on: "folder", idInput: "folderId" },
      { role: "iam.serviceAccounts.user", on: "service account", idInput: "serviceAccountId" },
    ],
    refersTo: ["folderId", "serviceAccountId", "storageDestination.bucketName"],
    alsoNeeds:
      `Or the trail's service account lacks a role. It needs ${trailRoles.scope} on the scopes and ${trailRoles.bucket} ` +
      `on the bucket's folder, and ${trailRoles.key} on the key of an encrypted bucket. New roles may take some minutes to work.`,
    taken:
      "Names of trails are unique in a folder: choose another `name`, for example: pulumi config set --path " +
      "trails.<key of the trail>.name <another name>",
  },
};
