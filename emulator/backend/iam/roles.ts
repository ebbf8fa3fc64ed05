/** A permission in the vendor's spelling: service, resource, verb. */
export type Permission = string;

interface Role {
  readonly includes?: readonly string[];
  readonly permissions?: readonly Permission[];
}

/**
 * Roles that concern audit trails, and their permissions. Permissions that are not listed are denied.
 * Sources: https://yandex.cloud/en/docs/iam/roles-reference and the security pages of each service.
 */
const roles: Readonly<Record<string, Role>> = {
  "audit-trails.auditor": { permissions: ["audit-trails.trails.get", "audit-trails.trails.list"] },
  "audit-trails.configViewer": { includes: ["audit-trails.auditor"] },
  "audit-trails.viewer": {
    includes: ["audit-trails.configViewer"],
    permissions: ["audit-trails.events.read"],
  },
  "audit-trails.editor": {
    includes: ["audit-trails.viewer"],
    permissions: ["audit-trails.trails.create", "audit-trails.trails.update", "audit-trails.trails.delete"],
  },
  "audit-trails.admin": {
    includes: ["audit-trails.editor"],
    permissions: ["audit-trails.trails.listAccessBindings", "audit-trails.trails.updateAccessBindings"],
  },

  "iam.auditor": {
    permissions: [
      "iam.serviceAccounts.get",
      "iam.serviceAccounts.list",
      "iam.serviceAccounts.listAccessBindings",
    ],
  },
  "iam.viewer": { permissions: ["iam.serviceAccounts.get", "iam.serviceAccounts.list"] },
  "iam.serviceAccounts.user": { includes: ["iam.viewer"], permissions: ["iam.serviceAccounts.use"] },
  "iam.serviceAccounts.accessKeyAdmin": { permissions: ["iam.accessKeys.manage"] },
  "iam.serviceAccounts.keyAdmin": { permissions: ["iam.keys.manage"] },
  "iam.serviceAccounts.tokenCreator": { permissions: ["iam.serviceAccounts.createToken"] },
  "iam.serviceAccounts.admin": {
    includes: [
      "iam.serviceAccounts.user",
      "iam.serviceAccounts.accessKeyAdmin",
      "iam.serviceAccounts.keyAdmin",
      "iam.serviceAccounts.tokenCreator",
    ],
    permissions: [
      "iam.serviceAccounts.create",
      "iam.serviceAccounts.update",
      "iam.serviceAccounts.delete",
      "iam.serviceAccounts.listAccessBindings",
      "iam.serviceAccounts.updateAccessBindings",
    ],
  },

  "kms.auditor": { permissions: ["kms.keys.get", "kms.keys.list", "kms.keys.listAccessBindings"] },
  "kms.viewer": { includes: ["kms.auditor"] },
  "kms.keys.encrypter": { permissions: ["kms.keys.encrypt"] },
  "kms.keys.decrypter": { permissions: ["kms.keys.decrypt"] },
  "kms.keys.encrypterDecrypter": { includes: ["kms.keys.encrypter", "kms.keys.decrypter"] },
  "kms.editor": {
    includes: ["kms.viewer", "kms.keys.encrypterDecrypter"],
    permissions: ["kms.keys.create", "kms.keys.update"],
  },
  "kms.admin": {
    includes: ["kms.editor"],
    permissions: ["kms.keys.delete", "kms.keys.setPrimaryVersion", "kms.keys.updateAccessBindings"],
  },

  "storage.configViewer": { permissions: ["storage.buckets.get", "storage.buckets.list"] },
  "storage.viewer": {
    includes: ["storage.configViewer"],
    permissions: ["storage.buckets.listAccessBindings", "storage.objects.get", "storage.objects.list"],
  },
  "storage.uploader": { includes: ["storage.viewer"], permissions: ["storage.objects.create"] },
  "storage.configurer": { permissions: ["storage.buckets.get", "storage.buckets.configure"] },
  "storage.editor": {
    includes: ["storage.uploader", "storage.configurer"],
    permissions: [
      "storage.buckets.create",
      "storage.buckets.update",
      "storage.buckets.delete",
      "storage.objects.delete",
    ],
  },
  "storage.admin": {
    includes: ["storage.editor"],
    permissions: ["storage.buckets.administer", "storage.buckets.updateAccessBindings"],
  },

  "resource-manager.auditor": {
    permissions: [
      "resource-manager.clouds.get",
      "resource-manager.clouds.listAccessBindings",
      "resource-manager.folders.get",
      "resource-manager.folders.listAccessBindings",
    ],
  },
  "resource-manager.viewer": { includes: ["resource-manager.auditor"] },
  "resource-manager.editor": {
    includes: ["resource-manager.viewer"],
    permissions: [
      "resource-manager.clouds.create",
      "resource-manager.clouds.update",
      "resource-manager.clouds.delete",
      "resource-manager.folders.create",
      "resource-manager.folders.update",
      "resource-manager.folders.delete",
    ],
  },
  "resource-manager.admin": {
    includes: ["resource-manager.editor"],
    permissions: [
      "resource-manager.clouds.updateAccessBindings",
      "resource-manager.folders.updateAccessBindings",
    ],
  },
  "quota-manager.viewer": { permissions: ["quota-manager.quotaLimits.get"] },
  "organization-manager.auditor": {
    permissions: [
      "organization-manager.organizations.get",
      "organization-manager.organizations.listAccessBindings",
    ],
  },
  "organization-manager.viewer": { includes: ["organization-manager.auditor"] },
  "organization-manager.admin": {
    includes: ["organization-manager.viewer"],
    permissions: [
      "organization-manager.organizations.update",
      "organization-manager.organizations.updateAccessBindings",
    ],
  },
};

/** Roles for all services, with the permissions of the services' own roles: https://yandex.cloud/en/docs/iam/roles-reference#primitive */
const primitive: Readonly<Record<string, Role>> = {
  viewer: {
    includes: [
      "audit-trails.viewer",
      "iam.viewer",
      "kms.viewer",
      "storage.viewer",
      "resource-manager.viewer",
      "organization-manager.viewer",
      "quota-manager.viewer",
    ],
  },
  editor: {
    includes: [
      "viewer",
      "iam.serviceAccounts.user",
      "audit-trails.editor",
      "kms.editor",
      "storage.editor",
      "resource-manager.editor",
    ],
  },
  admin: {
    includes: [
      "editor",
      "audit-trails.admin",
      "iam.serviceAccounts.admin",
      "kms.admin",
      "storage.admin",
      "resource-manager.admin",
      "organization-manager.admin",
    ],
  },
};

const permissionsByRole = new Map(
  Object.keys({ ...roles, ...primitive }).map((role) => [role, new Set(collect(role))] as const),
);

function collect(role: string): Permission[] {
  const { includes = [], permissions = [] } = roles[role] ?? primitive[role] ?? {};
  return [...permissions, ...includes.flatMap(collect)];
}

/** All roles of the local cloud. */
export const roleIds: readonly string[] = [...permissionsByRole.keys()];

/** Returns the permissions of a role; undefined for a role that the local cloud does not have. */
export const permissionsOf = (role: string): ReadonlySet<Permission> | undefined =>
  permissionsByRole.get(role);
