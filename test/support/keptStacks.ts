import type { KeptState } from "./localStack";
import type { Configuration, World } from "./variants";

/** Stacks of a release, as files in test/data keep them. */
export interface KeptRelease {
  readonly stacks: readonly KeptStack[];
}

export interface KeptStack extends KeptState {
  readonly name: string;
  readonly configuration: Configuration;
}

/** The stacks that are kept of each release: together they have each kind of resource under each kind of name. */
export const stacksToKeep: Readonly<Record<string, (world: World, deployerId: string) => Configuration>> = {
  "the default": () => ({}),
  "what others made": ({ existingKeyId, existingAccountId }) => ({
    encryption: { key: "existing", keyId: existingKeyId },
    serviceAccountId: existingAccountId,
  }),
  "several trails": ({ cloudId, otherFolderId, existingBucket, existingAccountId }, deployerId) => ({
    retention: { preset: "year" },
    objectLock: { mode: "GOVERNANCE", days: 1 },
    accessLogsBucketName: "access-logs",
    access: { administrators: [deployerId] },
    labels: { team: "security" },
    trails: {
      organization: {},
      chosen: {
        clouds: [cloudId],
        folders: [otherFolderId],
        objectPrefix: "chosen",
        dataEvents: { lockbox: {}, kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] } },
      },
      separate: {
        bucketName: "other-logs",
        encryption: { key: "new", keyAlgorithm: "AES_128" },
        serviceAccountName: "separate",
      },
      elsewhere: {
        bucketName: existingBucket,
        bucketFolderId: otherFolderId,
        encryption: { key: "none" },
        serviceAccountId: existingAccountId,
      },
    },
  }),
};
