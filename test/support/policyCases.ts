import { changed, type Made, sound } from "./policyStack";

/** Rule, description, stack, and a pattern of the message. The stack violates no other rule. */
export type Violation = readonly [rule: string, of: string, stack: readonly Made[], says: RegExp];

/** Description and stack of resources that violate no rule. */
export type Allowed = readonly [what: string, stack: readonly Made[]];

export const organization = {
  resourceId: "bpforganization",
  resourceType: "organization-manager.organization",
};
export const folder = { resourceId: "b1gother", resourceType: "resource-manager.folder" };
export const member = "serviceAccount:ajeaccount";
export const scoped = (...resourceScopes: readonly unknown[]) => ({
  filteringPolicy: { managementEventsFilter: { resourceScopes } },
});
export const encryptedWith = (kmsMasterKeyId: unknown, sseAlgorithm: unknown = "aws:kms") => ({
  serverSideEncryptionConfiguration: {
    rule: { applyServerSideEncryptionByDefault: { kmsMasterKeyId, sseAlgorithm } },
  },
});
export const policy = (...Statement: readonly unknown[]) => ({ policy: JSON.stringify({ Statement }) });
export const lifecycle = (...lifecycleRules: readonly object[]) => ({
  lifecycleRules: lifecycleRules.map((rule) => ({ id: "logs", enabled: true, ...rule })),
});
export const lock = (days: number, objectLockEnabled = "Enabled") => ({
  objectLockConfiguration: { objectLockEnabled, rule: { defaultRetention: { mode: "GOVERNANCE", days } } },
});
export const trail = (props: Readonly<Record<string, unknown>>) => changed(sound, "trail", props);
export const bucket = (props: Readonly<Record<string, unknown>>) => changed(sound, "bucket", props);
export const and = (made: readonly Made[], ...more: readonly Made[]) => [...made, ...more];
export const grant = (role: string, type = "ResourcemanagerFolderIamMember", props: object = {}): Made => ({
  type,
  name: "more",
  props: { folderId: "b1gfolder", role, member, ...props },
});
