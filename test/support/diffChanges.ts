import { bucketName, byDeployer, type LocalStack } from "./localStack";
import type { World } from "./variants";

/** A change of some settings, and the verdicts on it that apply, the worst first. */
type Change<Settings = Readonly<Record<string, unknown>>> = readonly [
  change: Settings,
  applies: readonly string[],
];

const organization = { dataEvents: { lockbox: {} } };
const kmsToo = { dataEvents: { lockbox: {}, kms: { includedEvents: ["yandex.cloud.audit.kms.Decrypt"] } } };

/** Changes of the standing stack `hardened`, which is protected. */
export const hardenedChanges = {
  nothing: [{}, ["unchanged"]],
  rename: [{ trails: { organization: { ...organization, name: "all-audit-logs" } } }, ["unchanged"]],
  "data-events-added": [{ trails: { organization: kmsToo } }, ["wider"]],
  "data-events-dropped": [{ trails: { organization: {} } }, ["narrower"]],
  "retention-shorter": [{ retention: { preset: "year", expireAfterDays: 100 } }, ["unreadable", "weaker"]],
  "versioning-off": [
    { objectLock: undefined, retention: { preset: "year", versioning: false } },
    ["weaker", "stronger"],
  ],
  "lock-off": [{ objectLock: undefined }, ["weaker"]],
  "policy-out": [{ access: undefined }, ["weaker"]],
  "protection-off": [{ protected: false }, ["weaker"]],
  prefix: [{ trails: { organization: { ...organization, objectPrefix: "all" } } }, ["refused", "stop"]],
  "encryption-off": [{ encryption: { key: "none" } }, ["refused", "weaker"]],
  "broken-configuration": [{ retention: { preset: "decade" } }, ["unknown"]],
} as const satisfies Record<string, Change>;

/** Changes of a stack of two trails without protection. */
export const unprotectedChanges: Readonly<Record<string, Change<(world: World) => Record<string, unknown>>>> =
  {
    "scope-narrower": [
      ({ cloudId, otherFolderId }) => ({
        trails: { organization: { folders: [otherFolderId] }, shop: { clouds: [cloudId] } },
      }),
      ["narrower"],
    ],
    "another-bucket": [() => ({ bucketName: "other-audit-logs" }), ["stop", "weaker"]],
    "key-swapped": [
      ({ existingKeyId }) => ({ encryption: { key: "existing", keyId: existingKeyId } }),
      ["weaker"],
    ],
    "trail-removed": [({ cloudId }) => ({ trails: { shop: { clouds: [cloudId] } } }), ["stop"]],
    // The other trail collects all of its events.
    "second-trail-removed": [() => ({ trails: { organization: {} } }), ["weaker"]],
    "logs-deleted-on-removal": [() => ({ onRemoval: "deleteWithLogs" }), ["unreadable", "weaker"]],
  };

/** Changes with their own kind of preview, and the verdicts on them. */
export const otherChanges: Readonly<Record<string, readonly string[]>> = {
  "first-deployment": ["wider"],
  "reader-added": ["weaker"],
  "refresh-denied": ["unknown"],
  drift: ["wider", "stronger"],
  "extra-role": ["weaker"],
  "provider-moved": ["unchanged"],
  "scope-wider": ["wider"],
};

/** Takes a role away, opens the bucket and takes its policy away, past the stack. */
export function changeByOthers({ emulator }: LocalStack): void {
  const { cloud } = emulator;
  const { serviceAccountId = "" } = cloud.trails.all()[0] ?? {};
  cloud.access.remove(cloud.folderId, {
    roleId: "storage.uploader",
    subject: { type: "serviceAccount", id: serviceAccountId },
  });
  const opened = { read: true, list: false, configRead: false };
  const change = { policy: undefined, anonymousAccessFlags: opened };
  const event = ["storage.BucketUpdate", "storage.buckets.update"] as const;
  cloud.buckets.configure(byDeployer(emulator), bucketName, ...event, change);
}
