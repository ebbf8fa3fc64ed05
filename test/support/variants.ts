import type { AuditTrailsArgs } from "../../components";
import { checkSettings } from "../../settings/read";
import { argumentsIn } from "../../stack";
import { idOf } from "./mocks";

/** Resources that a variant refers to: invented in unit tests, and on the local cloud in engine tests. */
export interface World {
  readonly organizationId: string;
  readonly folderId: string;
  readonly bucketName: string;
  readonly cloudId: string;
  readonly otherFolderId: string;
  readonly existingKeyId: string;
  /** Unencrypted. */
  readonly existingBucket: string;
  readonly existingAccountId: string;
}

/** For unit tests. */
export const madeUpWorld: World = {
  organizationId: "organization",
  folderId: "folder",
  bucketName: "audit-logs",
  cloudId: "cloud",
  otherFolderId: "other-folder",
  existingKeyId: "existing-key",
  existingBucket: "existing-bucket",
  existingAccountId: "existing-account",
};

/** A resource of the provider: type, logical name and exactly its inputs. */
interface Expected {
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** Keys of the stack's configuration, without namespace, and their values. */
export type Configuration = Readonly<Record<string, unknown>>;

/** Returns the component's arguments for a configuration. */
export function argumentsOf(configuration: Configuration): Partial<AuditTrailsArgs> {
  const ids = { organizationId: "o", folderId: "f", bucketName: "bucket" };
  const needed = { ...ids, protected: "true", preflight: "false" };
  const text = Object.entries({ ...needed, ...configuration }).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const {
    organizationId: _o,
    folderId: _f,
    bucketName: _b,
    ...args
  } = argumentsIn(checkSettings(Object.fromEntries(text)));
  return args;
}

/** A variant of the guide: its configuration beyond what is required, and exactly what it is made of. */
export interface Variant {
  readonly name: string;
  readonly configure: (world: World) => Configuration;
  readonly expected: (world: World) => readonly Expected[];
}

type Inputs = Readonly<Record<string, unknown>>;

/** Owner of a resource: the project and the stack of Pulumi's mocks. */
const owner = { "pulumi-project": "project", "pulumi-stack": "stack" };

const key = ({ folderId }: World, inputs: Inputs = {}, suffix = ""): Expected => ({
  type: "KmsSymmetricKey",
  name: `audit-trails-key${suffix}`,
  inputs: {
    folderId,
    name: `audit-trails-key${suffix}`,
    description: expect.any(String),
    defaultAlgorithm: "AES_256",
    rotationPeriod: "8760h0m0s",
    deletionProtection: true,
    labels: owner,
    ...inputs,
  },
});

const account = ({ folderId }: World, name = "audit-trails-account", logicalName = name): Expected => ({
  type: "IamServiceAccount",
  name: logicalName,
  inputs: { folderId, name, description: expect.any(String) },
});

const memberOf = (accountName: string) => `serviceAccount:${idOf(accountName)}`;
const main = "audit-trails-account";

const viewer = ({ organizationId }: World, member = memberOf(main), of = main): Expected => ({
  type: "OrganizationmanagerOrganizationIamMember",
  name: `${of}-audit-trails.viewer`,
  inputs: { organizationId, role: "audit-trails.viewer", member },
});

const cloudViewer = ({ cloudId }: World, member = memberOf(main)): Expected => ({
  type: "ResourcemanagerCloudIamMember",
  name: `${main}-audit-trails.viewer-${cloudId}`,
  inputs: { cloudId, role: "audit-trails.viewer", member },
});

const folderViewer = ({ otherFolderId }: World, member = memberOf(main)): Expected => ({
  type: "ResourcemanagerFolderIamMember",
  name: `${main}-audit-trails.viewer-${otherFolderId}`,
  inputs: { folderId: otherFolderId, role: "audit-trails.viewer", member },
});

const uploader = ({ folderId }: World, member = memberOf(main), of = main): Expected => ({
  type: "ResourcemanagerFolderIamMember",
  name: `${of}-storage.uploader`,
  inputs: { folderId, role: "storage.uploader", member },
});

const uploaderElsewhere = ({ otherFolderId }: World, member = memberOf(main)): Expected => ({
  type: "ResourcemanagerFolderIamMember",
  name: `${main}-storage.uploader-${otherFolderId}`,
  inputs: { folderId: otherFolderId, role: "storage.uploader", member },
});

const encrypterDecrypter = (
  symmetricKeyId: string = idOf("audit-trails-key"),
  member = memberOf(main),
  of = main,
  suffix = "",
): Expected => ({
  type: "KmsSymmetricKeyIamMember",
  name: `${of}-kms.keys.encrypterDecrypter${suffix}`,
  inputs: { symmetricKeyId, role: "kms.keys.encrypterDecrypter", member },
});

const encryptedWith = (kmsMasterKeyId: string = idOf("audit-trails-key")) => ({
  serverSideEncryptionConfiguration: {
    rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm: "aws:kms" } },
  },
});

const logs = { id: "logs", enabled: true, abortIncompleteMultipartUploadDays: 7 };

const bucket = (world: World, inputs: Inputs = {}, suffix = ""): Expected => ({
  type: "StorageBucket",
  name: `audit-trails-bucket${suffix}`,
  inputs: {
    folderId: world.folderId,
    bucket: world.bucketName,
    forceDestroy: false,
    anonymousAccessFlags: { read: false, list: false, configRead: false },
    versioning: { enabled: true },
    lifecycleRules: [logs],
    tags: owner,
    ...inputs,
  },
});

const organization = ({ organizationId }: World) => ({
  resourceId: organizationId,
  resourceType: "organization-manager.organization",
});
const cloud = ({ cloudId }: World) => ({ resourceId: cloudId, resourceType: "resource-manager.cloud" });
const otherFolder = ({ otherFolderId }: World) => ({
  resourceId: otherFolderId,
  resourceType: "resource-manager.folder",
});
const managementEvents = (...resourceScopes: readonly object[]) => ({
  filteringPolicy: { managementEventsFilter: { resourceScopes } },
});

const trail = (world: World, inputs: Inputs = {}, name = "audit-trails-organization"): Expected => ({
  type: "AuditTrailsTrail",
  name,
  inputs: {
    folderId: world.folderId,
    name,
    serviceAccountId: idOf(main),
    storageDestination: { bucketName: world.bucketName },
    ...managementEvents(organization(world)),
    labels: owner,
    ...inputs,
  },
});

/** The guide's seven, with the account's three roles. */
const guide = (world: World, bucketInputs: Inputs = {}, trailInputs: Inputs = {}): Expected[] => [
  key(world),
  account(world),
  viewer(world),
  uploader(world),
  encrypterDecrypter(),
  bucket(world, { ...encryptedWith(), ...bucketInputs }),
  trail(world, trailInputs),
];

const decrypt = "yandex.cloud.audit.kms.Decrypt";
const objectCreate = "yandex.cloud.audit.storage.ObjectCreate";
const cold = { days: 90, storageClass: "COLD" };

/** Every variant, in an order in which each can be updated to the next one. */
export const variants: readonly Variant[] = [
  { name: "encrypted with a new key, the default", configure: () => ({}), expected: guide },
  {
    name: "exactly the guide",
    configure: () => ({ retention: { preset: "guide" } }),
    expected: (world) => guide(world, { versioning: { enabled: false }, lifecycleRules: undefined }),
  },
  {
    name: "archived",
    configure: () => ({ retention: { preset: "archive", iceAfterDays: 400 } }),
    expected: (world) =>
      guide(world, {
        lifecycleRules: [{ ...logs, transitions: [cold, { days: 400, storageClass: "ICE" }] }],
      }),
  },
  {
    name: "kept for a year",
    configure: () => ({ retention: { preset: "year", oldVersionsExpireAfterDays: 30 } }),
    expected: (world) =>
      guide(world, {
        lifecycleRules: [
          {
            ...logs,
            transitions: [cold],
            expiration: { days: 365 },
            noncurrentVersionExpiration: { days: 30 },
          },
          { id: "delete-markers", enabled: true, expiration: { expiredObjectDeleteMarker: true } },
        ],
      }),
  },
  {
    name: "limited in size, with access logs",
    configure: () => ({ maxSizeGiB: 5, accessLogsBucketName: "access-logs" }),
    expected: (world) => {
      const [theKey, ...others] = guide(world, {
        maxSize: 5 * 2 ** 30,
        loggings: [{ targetBucket: "access-logs", targetPrefix: `${world.bucketName}/` }],
      });
      const accessLogs = { ...bucket(world, { bucket: "access-logs" }), name: "audit-trails-access-logs" };
      return [theKey as Expected, ...others.slice(0, 4), accessLogs, ...others.slice(4)];
    },
  },
  {
    name: "of a chosen cloud and folder",
    configure: ({ cloudId, otherFolderId }) => ({
      trails: { organization: { clouds: [cloudId], folders: [otherFolderId] } },
    }),
    expected: (world) => [
      key(world),
      account(world),
      cloudViewer(world),
      folderViewer(world),
      uploader(world),
      encrypterDecrypter(),
      bucket(world, encryptedWith()),
      trail(world, managementEvents(cloud(world), otherFolder(world))),
    ],
  },
  {
    name: "with data events",
    configure: ({ otherFolderId }) => ({
      trails: {
        organization: {
          dataEvents: {
            kms: { includedEvents: [decrypt] },
            lockbox: {},
            storage: { excludedEvents: [objectCreate], folders: [otherFolderId] },
          },
        },
      },
    }),
    expected: (world) => [
      key(world),
      account(world),
      viewer(world),
      folderViewer(world),
      uploader(world),
      encrypterDecrypter(),
      bucket(world, encryptedWith()),
      trail(world, {
        filteringPolicy: {
          ...managementEvents(organization(world)).filteringPolicy,
          dataEventsFilters: [
            { service: "kms", includedEvents: [decrypt], resourceScopes: [organization(world)] },
            { service: "lockbox", resourceScopes: [organization(world)] },
            { service: "storage", excludedEvents: [objectCreate], resourceScopes: [otherFolder(world)] },
          ],
        },
      }),
    ],
  },
  {
    name: "two trails that share everything",
    configure: ({ otherFolderId }) => ({
      trails: { organization: {}, other: { folders: [otherFolderId], objectPrefix: "other" } },
    }),
    expected: (world) => [
      key(world),
      account(world),
      viewer(world),
      folderViewer(world),
      uploader(world),
      encrypterDecrypter(),
      bucket(world, encryptedWith()),
      trail(world),
      trail(
        world,
        {
          storageDestination: { bucketName: world.bucketName, objectPrefix: "other" },
          ...managementEvents(otherFolder(world)),
        },
        "audit-trails-other",
      ),
    ],
  },
  {
    name: "two trails that share nothing",
    configure: () => ({
      trails: {
        organization: {},
        separate: {
          bucketName: "other-logs",
          encryption: { key: "new", keyAlgorithm: "AES_128" },
          serviceAccountName: "separate",
        },
      },
    }),
    expected: (world) => {
      const other = "audit-trails-account-separate";
      const otherKey = idOf("audit-trails-key-other-logs");
      return [
        key(world),
        key(world, { defaultAlgorithm: "AES_128" }, "-other-logs"),
        account(world),
        viewer(world),
        uploader(world),
        encrypterDecrypter(),
        account(world, "separate", other),
        viewer(world, memberOf(other), other),
        uploader(world, memberOf(other), other),
        encrypterDecrypter(otherKey, memberOf(other), other, "-other-logs"),
        bucket(world, encryptedWith()),
        bucket(world, { bucket: "other-logs", ...encryptedWith(otherKey) }, "-other-logs"),
        trail(world),
        trail(
          world,
          { storageDestination: { bucketName: "other-logs" }, serviceAccountId: idOf(other) },
          "audit-trails-separate",
        ),
      ];
    },
  },
  {
    name: "encrypted with an existing key",
    configure: ({ existingKeyId }) => ({ encryption: { key: "existing", keyId: existingKeyId } }),
    expected: (world) => [
      account(world),
      viewer(world),
      uploader(world),
      encrypterDecrypter(world.existingKeyId),
      bucket(world, encryptedWith(world.existingKeyId)),
      trail(world),
    ],
  },
  {
    name: "with the role to encrypt alone",
    configure: () => ({ roles: { key: "encrypter" } }),
    expected: (world) =>
      guide(world).map((one) =>
        one.type === "KmsSymmetricKeyIamMember"
          ? {
              ...one,
              name: `${main}-kms.keys.encrypter`,
              inputs: { ...one.inputs, role: "kms.keys.encrypter" },
            }
          : one,
      ),
  },
  {
    name: "unencrypted, the guide's tip",
    configure: () => ({ encryption: { key: "none" } }),
    expected: (world) => [account(world), viewer(world), uploader(world), bucket(world), trail(world)],
  },
  {
    name: "with an existing account",
    configure: ({ existingAccountId }) => ({
      serviceAccountId: existingAccountId,
      encryption: { key: "none" },
    }),
    expected: (world) => {
      const member = `serviceAccount:${world.existingAccountId}`;
      return [
        viewer(world, member),
        uploader(world, member),
        bucket(world),
        trail(world, { serviceAccountId: world.existingAccountId }),
      ];
    },
  },
  {
    name: "with a second trail to an existing bucket in another folder",
    configure: ({ existingBucket, otherFolderId }) => ({
      encryption: { key: "none" },
      trails: { organization: {}, other: { bucketName: existingBucket, bucketFolderId: otherFolderId } },
    }),
    expected: (world) => [
      account(world),
      viewer(world),
      uploader(world),
      uploaderElsewhere(world),
      bucket(world),
      trail(world),
      trail(world, { storageDestination: { bucketName: world.existingBucket } }, "audit-trails-other"),
    ],
  },
  {
    name: "described and labelled",
    configure: () => ({
      encryption: { key: "new", keyName: "Logs", keyAlgorithm: "AES_128", keyRotationPeriod: "24h" },
      serviceAccountName: "renamed",
      labels: { team: "security" },
      trails: {
        organization: {
          name: "everything",
          description: "Why we keep these",
          objectPrefix: "logs/org",
          labels: { scope: "org" },
        },
      },
    }),
    expected: (world) => {
      const labels = { ...owner, team: "security" };
      return [
        key(world, { name: "Logs", defaultAlgorithm: "AES_128", rotationPeriod: "24h0m0s", labels }),
        account(world, "renamed", main),
        viewer(world),
        uploader(world),
        encrypterDecrypter(),
        bucket(world, { ...encryptedWith(), tags: labels }),
        trail(world, {
          name: "everything",
          description: "Why we keep these",
          labels: { ...labels, scope: "org" },
          storageDestination: { bucketName: world.bucketName, objectPrefix: "logs/org" },
        }),
      ];
    },
  },
  {
    name: "locked",
    configure: () => ({ objectLock: { mode: "GOVERNANCE", days: 1 } }),
    expected: (world) =>
      guide(world, {
        objectLockConfiguration: {
          objectLockEnabled: "Enabled",
          rule: { defaultRetention: { mode: "GOVERNANCE", days: 1 } },
        },
      }),
  },
];
