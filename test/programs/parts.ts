import { EncryptionKey, LogBucket, Trail, TrailServiceAccount } from "../../components";
import { readSettings } from "../../settings/read";

/** Builds the guide's setup of its parts. `WITHOUT` names a part that the trail does not depend on. */
const { organizationId, folderId, bucketName } = readSettings();
const { WITHOUT } = process.env;

const key = new EncryptionKey("key", { folderId });
const scopes = {
  organization: { resourceId: organizationId, resourceType: "organization-manager.organization" },
} as const;
const account = new TrailServiceAccount("account", {
  folderId,
  scopes,
  bucketFolderIds: { logs: folderId },
  keyIds: { logs: key.keyId },
});
const bucket = new LogBucket("bucket", { folderId, name: bucketName, keyId: key.keyId });
const trail = new Trail(
  "trail",
  {
    folderId,
    scopes: Object.values(scopes),
    // Not the bucket's own output, which would make the trail wait for it.
    bucketName,
    serviceAccountId: account.serviceAccountId,
    rolePropagationTimeoutSeconds: 0,
    activeWindowSeconds: 0,
  },
  {
    dependsOn: Object.entries({ bucket, account }).flatMap(([name, part]) => (name === WITHOUT ? [] : part)),
  },
);

export const { trailStatus } = trail;
