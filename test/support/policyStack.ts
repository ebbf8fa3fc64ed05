import type { PolicyResource, StackValidationArgs } from "@pulumi/policy";
import { unknownCheckingProxy } from "@pulumi/policy";
import { runtime } from "@pulumi/pulumi";
import { findingsOf, type Settings } from "../../policy/rule";
import { rules } from "../../policy/rules";
import { Stack } from "../../policy/stack";

/** Placeholder of the engine for a value that is not known before the update. */
export const late = runtime.unknownValue;

/** A resource of a made-up stack. */
export interface Made {
  /** `StorageBucket`, say, or a whole token. */
  readonly type: string;
  readonly name: string;
  readonly props?: Readonly<Record<string, unknown>>;
  /** Names of the resources that a property has its value from. */
  readonly from?: Readonly<Record<string, readonly string[]>>;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly deleteBeforeReplace?: boolean;
}

const tokenOf = (type: string): string =>
  type.includes(":") ? type : `yandex:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`;

/** The resources of a stack, as the SDK hands them to a rule. */
function resourcesOf(made: readonly Made[]): StackValidationArgs["resources"] {
  const resources = made.map(
    ({ type, name, props = {}, protect = true, deleteBeforeReplace }): PolicyResource => ({
      type: tokenOf(type),
      name,
      urn: `urn:pulumi:dev::project::${tokenOf(type)}::${name}`,
      props: unknownCheckingProxy(props),
      opts: {
        protect,
        deleteBeforeReplace,
        ignoreChanges: [],
        aliases: [],
        customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
        additionalSecretOutputs: [],
      },
      dependencies: [],
      propertyDependencies: {},
      isType: () => false,
      asType: () => undefined,
    }),
  );
  const named = (name: string) => resources.filter((resource) => resource.name === name);
  made.forEach(({ from = {}, parent }, i) => {
    const resource = resources[i] as PolicyResource;
    for (const [property, names] of Object.entries(from))
      resource.propertyDependencies[property] = names.flatMap(named);
    if (parent) resource.parent = named(parent)[0];
  });
  return resources;
}

/** Returns the findings of the pack in a stack: `rule: message`, with `(advisory)` for unknown ones. */
export function findingsIn(made: readonly Made[], config: Readonly<Record<string, Settings>> = {}): string[] {
  const stack = Stack.of({ resources: resourcesOf(made) });
  return rules.flatMap((rule) =>
    findingsOf(rule, stack, config[rule.name] ?? {}).map(
      ({ message, advisory }) => `${rule.name}${advisory ? " (advisory)" : ""}: ${message}`,
    ),
  );
}

const organization = { resourceId: "bpforganization", resourceType: "organization-manager.organization" };
const member = "serviceAccount:ajeaccount";
const encryptedWith = (kmsMasterKeyId: string) => ({
  rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm: "aws:kms" } },
});

/** The guide's seven resources in a second update, when every id is known. */
export const sound: readonly Made[] = [
  {
    type: "KmsSymmetricKey",
    name: "key",
    props: { kmsSymmetricKeyId: "abjkey", name: "logs", deletionProtection: true },
  },
  {
    type: "IamServiceAccount",
    name: "account",
    props: { iamServiceAccountId: "ajeaccount", name: "trails" },
  },
  {
    type: "StorageBucket",
    name: "bucket",
    props: {
      bucket: "acme-logs",
      storageBucketId: "acme-logs",
      folderId: "b1gfolder",
      forceDestroy: false,
      policy: "",
      grants: [],
      lifecycleRules: [{ id: "logs", enabled: true, prefix: "", abortIncompleteMultipartUploadDays: 7 }],
      versioning: { enabled: true },
      serverSideEncryptionConfiguration: encryptedWith("abjkey"),
    },
    from: { serverSideEncryptionConfiguration: ["key"] },
  },
  {
    type: "OrganizationmanagerOrganizationIamMember",
    name: "viewer",
    props: { organizationId: "bpforganization", role: "audit-trails.viewer", member },
    from: { member: ["account"] },
  },
  {
    type: "ResourcemanagerFolderIamMember",
    name: "uploader",
    props: { folderId: "b1gfolder", role: "storage.uploader", member },
    from: { member: ["account"] },
  },
  {
    type: "KmsSymmetricKeyIamMember",
    name: "encrypter",
    props: { symmetricKeyId: "abjkey", role: "kms.keys.encrypterDecrypter", member },
    from: { member: ["account"], symmetricKeyId: ["key"] },
  },
  {
    type: "AuditTrailsTrail",
    name: "trail",
    props: {
      auditTrailsTrailId: "cnptrail",
      name: "organization",
      serviceAccountId: "ajeaccount",
      storageDestination: { bucketName: "acme-logs", objectPrefix: "" },
      filteringPolicy: { managementEventsFilter: { resourceScopes: [organization] }, dataEventsFilters: [] },
    },
    from: { serviceAccountId: ["account"], storageDestination: ["bucket"] },
  },
];

const ids = ["abjkey", "ajeaccount", "cnptrail", member];

/** The same stack in the preview of its first deployment, when no id is known. */
export const first: readonly Made[] = sound.map(({ props, ...made }) => ({
  ...made,
  props: JSON.parse(JSON.stringify(props), (name, value) =>
    ids.includes(value) || name === "storageBucketId" ? late : value,
  ),
}));

/** A stack with other properties of one of its resources. */
export const changed = (
  made: readonly Made[],
  name: string,
  props: Readonly<Record<string, unknown>>,
  others: Partial<Made> = {},
): Made[] =>
  made.map((each) =>
    each.name === name ? { ...each, ...others, props: { ...each.props, ...props } } : each,
  );

/** A stack without one of its resources. */
export const without = (made: readonly Made[], name: string): Made[] =>
  made.filter((each) => each.name !== name);
