import { type Answer, includesRole, isDocumented, page } from "./roles";

/**
 * Actions on audit logs that a role allows, if it is granted on the bucket, key, trail, account, or a parent of these.
 */
export interface LogReach {
  /** Reads log objects, encrypted or not. */
  readonly reads: Answer;
  /** Decrypts data that a KMS key encrypted. */
  readonly decrypts: Answer;
  /** Overwrites or deletes logs, directly or through their bucket, key or folder. */
  readonly changes: Answer;
  /** Stops delivery: through the trail, its account, or the key. */
  readonly stops: Answer;
  /** Grants roles, and so every other action, to anybody. */
  readonly grants: Answer;
}

export type Ability = keyof LogReach;

const abilities: readonly Ability[] = ["reads", "decrypts", "changes", "stops", "grants"];

const primitiveRoles = "https://yandex.cloud/en/docs/iam/roles-reference#primitive-roles";

/** Abilities that come with acting as the trail's account: by its tokens or keys, or through a machine. */
const acting: readonly Ability[] = ["reads", "changes"];

interface Row {
  readonly role: string;
  readonly has: readonly Ability[];
  readonly source: string;
}

/** Narrowest roles with each ability. A role that includes one of them has the ability too. */
const narrowest: readonly Row[] = [
  // "Listing and downloading objects."
  { role: "storage.viewer", has: ["reads"], source: page("storage") },
  // The role puts objects, and can overwrite them.
  { role: "storage.uploader", has: ["changes"], source: page("storage") },
  // Lifecycle rules delete logs. A policy grants and denies access.
  { role: "storage.configurer", has: ["changes"], source: page("storage") },
  { role: "storage.admin", has: ["grants"], source: page("storage") },
  // "Reading audit logs", of the resources on which it is granted.
  { role: "audit-trails.viewer", has: ["reads"], source: page("audit-trails") },
  { role: "audit-trails.editor", has: ["stops"], source: page("audit-trails") },
  { role: "audit-trails.admin", has: ["grants"], source: page("audit-trails") },
  { role: "kms.keys.decrypter", has: ["decrypts"], source: page("kms") },
  // If the key is inactive or destroyed, nobody can read its logs, and no trail can deliver with it.
  { role: "kms.editor", has: ["changes", "stops"], source: page("kms") },
  { role: "kms.admin", has: ["grants"], source: page("kms") },
  { role: "iam.serviceAccounts.user", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.tokenCreator", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.keyAdmin", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.accessKeyAdmin", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.apiKeyAdmin", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.admin", has: [...acting, "stops", "grants"], source: page("iam") },
  // Deletion of a folder deletes everything in it.
  { role: "resource-manager.editor", has: ["changes", "stops"], source: page("resource-manager") },
  { role: "resource-manager.admin", has: ["grants"], source: page("resource-manager") },
  { role: "organization-manager.admin", has: ["grants"], source: page("organization") },
];

/**
 * Abilities of the primitive roles: `viewer` reads all data of the services, `editor` changes and deletes it. Whether
 * each service follows this matters only for the roles of a trail, see {@link includesRole}.
 */
const primitive: readonly Row[] = [
  { role: "auditor", has: [], source: primitiveRoles },
  { role: "viewer", has: ["reads"], source: primitiveRoles },
  { role: "editor", has: ["reads", "decrypts", "changes", "stops"], source: primitiveRoles },
];

/** Services whose roles give access to logs. Roles of other services never do. */
const concerned: ReadonlySet<string> = new Set([
  ...["storage", "kms", "iam", "audit-trails", "resource-manager", "organization-manager"],
]);

/**
 * Roles of these services without any access to logs, by the last part of their id: they show settings, or only
 * encrypt.
 */
const harmless: ReadonlySet<string> = new Set(["auditor", "configViewer", "encrypter", "member"]);

const isNamed = (role: string): boolean => isDocumented(role) || narrowest.some((row) => row.role === role);

function isHarmless(role: string): boolean {
  const [service = "", ...rest] = role.split(".");
  const last = rest.at(-1) ?? "";
  if (rest.length > 0 && !concerned.has(service)) return true;
  if (harmless.has(last)) return true;
  return last === "viewer" && !isNamed(role) && !["storage", "audit-trails"].includes(service);
}

function answerFor(role: string, ability: Ability): Answer {
  const answers = narrowest
    .filter(({ has }) => has.includes(ability))
    .map((row) => includesRole(role, row.role));
  if (answers.includes("yes")) return "yes";
  return isNamed(role) && !answers.includes("unknown") ? "no" : "unknown";
}

/**
 * Returns the actions on audit logs that a role allows. All checks use this function: those of the cloud, of states and of events.
 */
export function reachOf(role: string): LogReach {
  const row = primitive.find((one) => one.role === role);
  const answer = (ability: Ability): Answer => {
    if (row) return row.has.includes(ability) ? "yes" : "no";
    return isHarmless(role) ? "no" : answerFor(role, ability);
  };
  return Object.fromEntries(abilities.map((ability) => [ability, answer(ability)])) as Record<
    Ability,
    Answer
  >;
}

/** Checks whether a role gives any access to audit logs; `unknown` if that is not documented. */
export function concernsLogs(role: string): Answer {
  const answers = Object.values(reachOf(role));
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}
