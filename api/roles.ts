/** What is known of whether a role includes another. */
export type Inclusion = "yes" | "perhaps" | "no";

/** The next wider roles of each role, by the vendor's documents: https://yandex.cloud/en/docs/iam/roles-reference */
const wider: Readonly<Record<string, readonly string[]>> = {
  "audit-trails.viewer": ["audit-trails.editor"],
  "audit-trails.editor": ["audit-trails.admin"],
  "iam.serviceAccounts.user": ["iam.serviceAccounts.admin", "iam.admin"],
  "iam.serviceAccounts.admin": ["iam.admin"],
  "kms.keys.encrypterDecrypter": ["kms.admin"],
  "storage.viewer": ["storage.uploader"],
  "storage.uploader": ["storage.editor"],
  "storage.editor": ["storage.admin"],
  "organization-manager.admin": ["organization-manager.organizations.owner"],
  "resource-manager.admin": ["resource-manager.clouds.owner", "organization-manager.organizations.owner"],
};

/** Those who may do everything with what their role is on. */
const almighty: ReadonlySet<string> = new Set([
  "admin",
  "resource-manager.clouds.owner",
  "organization-manager.organizations.owner",
]);

/**
 * Whether whoever has a role may do all that another one allows. Of the primitive roles below `admin`, and of roles of an
 * organization's own, the documents do not say it for each service.
 */
export function includes(role: string, wanted: string): Inclusion {
  if (role === wanted || almighty.has(role)) return "yes";
  if ((wider[wanted] ?? []).some((next) => includes(role, next) === "yes")) return "yes";
  return role.includes(".") ? "no" : "perhaps";
}
