import { KeyRole, UploaderPlace } from "./choices";

/**
 * Roles that the vendor's guide gives to a trail's service account. Newer pages of the vendor name narrower roles for
 * bucket and key, but contradict each other. The roles in this table satisfy all pages.
 */
export const trailRoles = {
  /** On every scope: https://yandex.cloud/en/docs/audit-trails/concepts/trail#collecting-area. */
  scope: "audit-trails.viewer",
  /** On the bucket's folder. */
  bucket: "storage.uploader",
  /** On the bucket's key. */
  key: "kms.keys.encrypterDecrypter",
} as const;

/** Choice of the roles of a trail's account, where the vendor's documents differ. */
export interface RolesArgs {
  /**
   * Place on which the account gets the role storage.uploader. `bucket` needs a newer release of the provider, and revokes the
   * role on the bucket from everybody else.
   * @default "folder"
   */
  readonly uploader?: UploaderPlace;
  /**
   * Role of the account on the key, without `kms.keys.` before it.
   * @default "encrypterDecrypter"
   */
  readonly key?: KeyRole;
}

/** Roles on the key, by the value of `key`. */
export const keyRoles: Readonly<Record<KeyRole, string>> = {
  encrypterDecrypter: trailRoles.key,
  encrypter: "kms.keys.encrypter",
};

const notTried = "Not tried on an account.";

/** Statements of the vendor's pages on each choice, for people. */
export const documentedChoices: {
  readonly uploader: Readonly<Record<UploaderPlace, string>>;
  readonly key: Readonly<Record<KeyRole, string>>;
} = {
  uploader: {
    folder: `${trailRoles.bucket} on the bucket's folder: the vendor's guide names this role. It applies to every bucket of the folder.`,
    bucket: `${trailRoles.bucket} on the bucket alone: the vendor's page on creating a trail names the bucket, and the guide names the folder. ${notTried}`,
  },
  key: {
    encrypterDecrypter: `${keyRoles.encrypterDecrypter} on the key: the vendor's guide names this role. It includes the roles that other pages name.`,
    encrypter: `${keyRoles.encrypter} on the key: the vendor's page on creating a trail names this role, and the page on errors names kms.keys.decrypter. ${notTried}`,
  },
};

/**
 * Returns the choice that matches granted roles.
 *
 * @param granted Roles of a trail's account with the kind of resource that each is on.
 */
export function chosenRoles(
  granted: readonly { readonly role: string; readonly on: "bucket" | "key" | "other" }[],
): RolesArgs {
  const has = (role: string, on: string) => granted.some((one) => one.role === role && one.on === on);
  return {
    uploader: has(trailRoles.bucket, "bucket") ? UploaderPlace.Bucket : UploaderPlace.Folder,
    key:
      has(keyRoles.encrypter, "key") && !has(keyRoles.encrypterDecrypter, "key")
        ? KeyRole.Encrypter
        : KeyRole.EncrypterDecrypter,
  };
}

/**
 * Roles of an account that reads delivered logs and changes nothing. The vendor's page on search in a bucket names the first one:
 * https://yandex.cloud/en/docs/audit-trails/tutorials/search-bucket. An encrypted bucket needs the second one too.
 */
export const readerRoles = {
  /** On the bucket's folder. */
  bucket: "storage.viewer",
  /** On the bucket's key. */
  key: "kms.keys.decrypter",
} as const;

/** Answer to a question about roles. If the documents do not decide it, it is `unknown`, never `yes` or `no`. */
export type Answer = "yes" | "no" | "unknown";

/** Role that a trail's service account needs, with the places on which the role can be granted. */
export interface RoleNeed<Place> {
  readonly role: string;
  /** Narrower roles that some pages of the vendor name instead. It is unknown whether they are enough. */
  readonly perhapsEnough: readonly string[];
  /** Places on which the role is enough; a grant on one place is sufficient. This library grants the role on the first place. */
  readonly on: readonly [Place, ...Place[]];
}

/** Places on which a trail's service account needs a role. */
export interface TrailPlaces<Place> {
  /** Organizations, clouds and folders whose events the trail collects. */
  readonly scopes?: readonly Place[];
  /** Places for each bucket: its folder and the bucket itself, as far as they are known. */
  readonly buckets?: readonly BucketPlaces<Place>[];
  /** Keys that encrypt the buckets. */
  readonly keys?: readonly Place[];
}

/** Places on which an account can have the role on a bucket. */
interface BucketPlaces<Place> {
  readonly folder?: Place;
  readonly bucket?: Place;
}

/**
 * Returns the roles that a trail's service account needs. Programs, states and checks of the cloud all use this list.
 *
 * @param choice The documents to follow. @default the vendor's guide
 */
export function rolesNeeded<Place>(
  { scopes = [], buckets = [], keys = [] }: TrailPlaces<Place>,
  { uploader, key = KeyRole.EncrypterDecrypter }: RolesArgs = {},
): RoleNeed<Place>[] {
  const needs = (
    role: string,
    on: readonly (readonly [Place, ...Place[]])[],
    perhapsEnough: readonly string[] = [],
  ): RoleNeed<Place>[] => on.map((places) => ({ role, perhapsEnough, on: places }));
  return [
    ...needs(
      trailRoles.scope,
      scopes.map((scope) => [scope]),
    ),
    ...needs(
      trailRoles.bucket,
      buckets.flatMap(({ folder, bucket }) => {
        const [first, ...others] = (
          uploader === UploaderPlace.Bucket ? [bucket, folder] : [folder, bucket]
        ).filter((place) => place !== undefined);
        return first === undefined ? [] : [[first, ...others] as const];
      }),
    ),
    // The page on creating a trail names the encrypter, the page on errors of trails the decrypter, and the role
    // kms.keys.user "enables using keys": https://yandex.cloud/en/docs/audit-trails/operations/create-trail
    ...needs(
      keyRoles[key],
      keys.map((one) => [one]),
      [keyRoles.encrypter, "kms.keys.decrypter", "kms.keys.user"].filter((role) => role !== keyRoles[key]),
    ),
  ];
}

/**
 * Returns the places of a need on which the role is not surplus. If the account has the role on the bucket alone, as the choice says,
 * the same role on the folder only adds buckets that no trail needs.
 *
 * @param isGranted Checks whether the account has the need's role on a place.
 */
export function placesInUse<Place>(
  { on }: Pick<RoleNeed<Place>, "on">,
  { uploader }: RolesArgs,
  isGranted: (place: Place) => boolean,
): readonly Place[] {
  const [first] = on;
  return uploader === UploaderPlace.Bucket && isGranted(first) ? [first] : on;
}

/** Checks whether a role is enough for a need, if it is granted on one of the need's places. */
export function meets(
  role: string,
  { role: wanted, perhapsEnough }: Pick<RoleNeed<unknown>, "role" | "perhapsEnough">,
): Answer {
  const answer = includesRole(role, wanted);
  if (answer !== "no") return answer;
  return perhapsEnough.some((narrower) => includesRole(role, narrower) !== "no") ? "unknown" : "no";
}

/** Returns the page with the roles of a service. List of all pages: https://yandex.cloud/en/docs/iam/roles-reference */
export const page = (service: string): string => `https://yandex.cloud/en/docs/${service}/security/`;

/**
 * Documented inclusions of roles, each with its source. A role also includes everything that its included roles
 * include.
 */
const documented: readonly { role: string; includes: readonly string[]; source: string }[] = [
  { role: "audit-trails.editor", includes: ["audit-trails.viewer"], source: page("audit-trails") },
  { role: "audit-trails.admin", includes: ["audit-trails.editor"], source: page("audit-trails") },
  { role: "audit-trails.viewer", includes: ["audit-trails.auditor"], source: page("audit-trails") },
  {
    role: "kms.keys.encrypterDecrypter",
    includes: ["kms.keys.encrypter", "kms.keys.decrypter"],
    source: page("kms"),
  },
  // "Encrypt and decrypt data using symmetric encryption keys", and the list of keys.
  { role: "kms.editor", includes: ["kms.keys.encrypterDecrypter", "kms.viewer"], source: page("kms") },
  { role: "kms.admin", includes: ["kms.editor"], source: page("kms") },
  { role: "storage.uploader", includes: ["storage.viewer"], source: page("storage") },
  // "Any operation with buckets and objects in the folder."
  { role: "storage.editor", includes: ["storage.uploader"], source: page("storage") },
  { role: "storage.admin", includes: ["storage.editor", "storage.configurer"], source: page("storage") },
  { role: "iam.admin", includes: ["iam.serviceAccounts.admin"], source: page("iam") },
  {
    role: "resource-manager.admin",
    includes: ["resource-manager.editor"],
    source: page("resource-manager"),
  },
  { role: "admin", includes: ["editor"], source: page("iam") },
  { role: "editor", includes: ["viewer"], source: page("iam") },
  { role: "viewer", includes: ["auditor"], source: page("iam") },
];

/**
 * Roles that allow everything on their resource except a change of ownership:
 * https://yandex.cloud/en/docs/iam/roles-reference
 */
const almighty: ReadonlySet<string> = new Set([
  "admin",
  "resource-manager.clouds.owner",
  "organization-manager.organizations.owner",
]);

/** Roles of owners. By the documents, `admin` does not include them. */
const ownership: ReadonlySet<string> = new Set([
  "resource-manager.clouds.owner",
  "organization-manager.organizations.owner",
]);

/** Roles that the primitive roles below `admin` may include, by the last part of their id. */
const primitive: Readonly<Record<string, readonly string[]>> = {
  auditor: ["auditor"],
  viewer: ["viewer", "auditor"],
  editor: [
    "viewer",
    "auditor",
    "user",
    "uploader",
    "encrypter",
    "decrypter",
    "encrypterDecrypter",
    "editor",
    "admin",
  ],
};

/** Roles that grant roles or delete keys. By the documents, `editor` does not include them. */
const beyondEditor: ReadonlySet<string> = new Set([
  "organization-manager.admin",
  "resource-manager.admin",
  "kms.admin",
]);

/** Checks whether a role allows everything that another role allows. */
export function includesRole(role: string, wanted: string): Answer {
  if (role === wanted) return "yes";
  if (ownership.has(wanted)) return "no";
  if (almighty.has(role)) return "yes";
  const rows = documented.filter((row) => row.role === role);
  if (rows.some(({ includes }) => includes.some((one) => includesRole(one, wanted) === "yes"))) return "yes";
  const [service = "", ...rest] = role.split(".");
  const last = wanted.split(".").at(-1) ?? "";
  // A custom role of an organization, unless it is a primitive role.
  if (rest.length === 0) {
    if (role === "editor" && beyondEditor.has(wanted)) return "no";
    return (primitive[role] ?? [last]).includes(last) ? "unknown" : "no";
  }
  const isOfService = wanted.startsWith(`${service}.`);
  const isWide = rest.at(-1) === "admin" || (rest.at(-1) === "editor" && last !== "admin");
  return isOfService && isWide ? "unknown" : "no";
}

/** Checks whether the vendor's documents in the table above name a role. */
export const isDocumented = (role: string): boolean =>
  almighty.has(role) || documented.some((row) => row.role === role);
