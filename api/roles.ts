/** What is known of whether a role includes another. */
export type Inclusion = "yes" | "perhaps" | "no";

/** The next wider roles of each role, by the vendor's documents: https://yandex.cloud/en/docs/iam/roles-reference */
const wider: Readonly<Record<string, readonly string[]>> = {
  "audit-trails.viewer": ["audit-trails.editor"],
  "audit-trails.editor": ["audit-trails.admin"],
  "kms.keys.encrypterDecrypter": ["kms.admin"],
  "storage.viewer": ["storage.uploader"],
  "storage.uploader": ["storage.editor"],
  "storage.editor": ["storage.admin"],
};

/** Those who may do everything with what their role is on. */
const almighty: ReadonlySet<string> = new Set([
  "admin",
  "resource-manager.clouds.owner",
  "organization-manager.organizations.owner",
]);

/** What the primitive roles below `admin` may include of other roles, by the last word of those. */
const primitive: Readonly<Record<string, readonly string[]>> = {
  auditor: [],
  viewer: ["viewer"],
  editor: ["viewer", "user", "uploader", "encrypterDecrypter", "editor", "admin"],
};

/** Roles to grant others, which is what `editor` is documented not to be for. */
const granting: ReadonlySet<string> = new Set(["organization-manager.admin", "resource-manager.admin"]);

/** Whether whoever has a role may do all that another one allows. Where the documents do not say so, it is not taken for granted. */
export function includes(role: string, wanted: string): Inclusion {
  if (role === wanted || almighty.has(role)) return "yes";
  if ((wider[wanted] ?? []).some((next) => includes(role, next) === "yes")) return "yes";
  const [service = "", ...rest] = role.split(".");
  const last = wanted.split(".").at(-1) ?? "";
  // A role of an organization's own, if it is none of the primitive ones.
  if (rest.length === 0) {
    if (role === "editor" && granting.has(wanted)) return "no";
    return (primitive[role] ?? [last]).includes(last) ? "perhaps" : "no";
  }
  const isOfService = wanted.startsWith(`${service}.`);
  const isWide = rest.at(-1) === "admin" || (rest.at(-1) === "editor" && last !== "admin");
  return isOfService && isWide ? "perhaps" : "no";
}
