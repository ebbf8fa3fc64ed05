/** Engine output for a stack, written by hand for cases that no real preview of ours shows. */

type Inputs = Readonly<Record<string, unknown>>;

interface Made {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly inputs: Inputs;
  readonly outputs?: Inputs;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
}

/** Placeholder of a preview for an unknown text. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret of a state: encrypted, or with its text as `--show-secrets` exports it. */
export const secretOf = (text: string, shown = false) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...(shown ? { plaintext: JSON.stringify(text) } : { ciphertext: "v1:abcdef" }),
});

const library = "yandex-audit-trails:index";
const types = {
  trail: ["Trail", "yandex:index/auditTrailsTrail:AuditTrailsTrail"],
  bucket: ["LogBucket", "yandex:index/storageBucket:StorageBucket"],
  key: ["EncryptionKey", "yandex:index/kmsSymmetricKey:KmsSymmetricKey"],
  account: ["TrailServiceAccount", "yandex:index/iamServiceAccount:IamServiceAccount"],
} as const;

export const urnOf = (type: string, name: string) => `urn:pulumi:prod::platform::${type}::${name}`;

/** A resource of one of the library's parts. */
export function ours(
  kind: keyof typeof types,
  name: string,
  id: string,
  inputs: Inputs,
  more: Partial<Made> = {},
) {
  const [part, type] = types[kind];
  const urn = urnOf(`${library}:AuditTrails$${library}:${part}$${type}`, name);
  return { urn, type, custom: true, id, inputs, protect: true, retainOnDelete: true, ...more };
}

/** A resource of somebody else's in the same stack. */
export const theirs = (type: string, name: string, inputs: Inputs): Made => ({
  urn: urnOf(type, name),
  type,
  custom: true,
  id: `${name}-id`,
  inputs,
});

const organization = { resourceId: "org", resourceType: "organization-manager.organization" };

/** The library's resources of a small stack, with what they are given otherwise. */
export function stack(
  given: { trail?: Inputs; bucket?: Inputs; key?: Inputs; account?: Inputs; name?: string } = {},
): Made[] {
  const { name = "logs" } = given;
  const account = ours("account", `${name}-account`, "account-id", { name: "account", ...given.account });
  const key = ours("key", `${name}-key`, "key-id", {
    rotationPeriod: "8760h0m0s",
    deletionProtection: true,
    ...given.key,
  });
  const rule = { applyServerSideEncryptionByDefault: { kmsMasterKeyId: "key-id", sseAlgorithm: "aws:kms" } };
  const bucket = ours("bucket", `${name}-bucket`, "audit-logs", {
    bucket: "audit-logs",
    folderId: "folder",
    versioning: { enabled: true },
    serverSideEncryptionConfiguration: { rule },
    ...given.bucket,
  });
  const trail = ours("trail", `${name}-trail`, "trail-id", {
    name: "trail",
    serviceAccountId: "account-id",
    storageDestination: { bucketName: "audit-logs" },
    filteringPolicy: { managementEventsFilter: { resourceScopes: [organization] } },
    ...given.trail,
  });
  const member = "serviceAccount:account-id";
  const grants = [
    [
      "OrganizationmanagerOrganizationIamMember",
      { organizationId: "org", role: "audit-trails.viewer", member },
    ],
    ["ResourcemanagerFolderIamMember", { folderId: "folder", role: "storage.uploader", member }],
    ["KmsSymmetricKeyIamMember", { symmetricKeyId: "key-id", role: "kms.keys.encrypterDecrypter", member }],
  ] as const;
  return [
    account,
    key,
    bucket,
    trail,
    ...grants.map(([type, inputs]) =>
      theirs(
        `yandex:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`,
        `${name}-${inputs.role}`,
        inputs,
      ),
    ),
  ];
}

/** The stack itself, which every preview begins with. */
const root = {
  urn: urnOf("pulumi:pulumi:Stack", "platform-prod"),
  type: "pulumi:pulumi:Stack",
  custom: false,
};

/** Returns the output of `pulumi stack export`. */
export const exported = (resources: readonly object[]) =>
  JSON.stringify({ version: 3, deployment: { resources } });

/**
 * Returns the output of `pulumi preview --refresh --json`: refresh steps have the state in both halves, and the updates begin
 * from the resources that the refresh found.
 *
 * @param listed Properties that the provider lists as changed, by the resource's URN.
 */
export function previewAfterRefresh(
  recorded: readonly Made[],
  found: readonly Made[],
  wanted: readonly Made[],
  listed: Readonly<Record<string, readonly string[]>>,
): string {
  const refreshes = recorded.map((state) => ({
    op: "refresh",
    urn: state.urn,
    oldState: state,
    newState: state,
  }));
  const updates = wanted.flatMap((now) => {
    const was = found.find(({ urn }) => urn === now.urn);
    const diffReasons = listed[now.urn];
    if (!was || !diffReasons) return [];
    const { id: _, outputs: __, ...newState } = now;
    return [{ op: "update", urn: now.urn, oldState: was, newState, diffReasons, detailedDiff: null }];
  });
  const changeSummary = { same: wanted.length - updates.length + 1, update: updates.length };
  return JSON.stringify({
    steps: [{ op: "same", urn: root.urn, newState: root }, ...refreshes, ...updates],
    changeSummary,
  });
}

/** Returns the output of `pulumi preview --json` for a change from one stack to another. */
export function preview(
  before: readonly Made[],
  after: readonly Made[],
  more: { diagnostics?: readonly object[]; changed?: readonly string[] } = {},
): string {
  const steps = [
    { op: "same", urn: root.urn, newState: root, detailedDiff: null },
    ...after.flatMap((now) => {
      const was = before.find(({ urn }) => urn === now.urn);
      const { id: _, ...newState } = now;
      if (was && JSON.stringify(was) === JSON.stringify(now)) return [];
      return [
        {
          op: was ? "update" : "create",
          urn: now.urn,
          ...(was && { oldState: was }),
          newState,
          diffReasons: more.changed,
          detailedDiff: null,
        },
      ];
    }),
    ...before
      .filter(({ urn }) => !after.some((now) => now.urn === urn))
      .map((was) => ({ op: "delete", urn: was.urn, oldState: was, detailedDiff: null })),
  ];
  const { diagnostics } = more;
  const changeSummary: Record<string, number> = { same: 3 };
  for (const { op } of steps) if (op !== "same") changeSummary[op] = (changeSummary[op] ?? 0) + 1;
  return JSON.stringify({ config: {}, steps, diagnostics, changeSummary });
}
