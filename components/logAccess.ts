import { type Answer, includesRole, isDocumented, page } from "./roles";

/** What somebody can do to audit logs by a role, on bucket, key, trail or account, or on what these are in. */
export interface LogReach {
  /** Getting log objects, encrypted or not. */
  readonly reads: Answer;
  /** Decrypting what a KMS key encrypted. */
  readonly decrypts: Answer;
  /** Overwriting or deleting logs, by itself or by what keeps them: bucket, key, folder. */
  readonly changes: Answer;
  /** Stopping delivery: by the trail, its account, or the key. */
  readonly stops: Answer;
  /** Giving roles, and so all of it, to anybody. */
  readonly grants: Answer;
}

export type Ability = keyof LogReach;

const abilities: readonly Ability[] = ["reads", "decrypts", "changes", "stops", "grants"];

const primitiveRoles = "https://yandex.cloud/en/docs/iam/roles-reference#primitive-roles";

/** Who acts as the trail's account, by its tokens or keys or through a machine, reads and uploads as it does. */
const acting: readonly Ability[] = ["reads", "changes"];

interface Row {
  readonly role: string;
  readonly has: readonly Ability[];
  readonly source: string;
}

/** The narrowest roles with an ability. A role that includes one of them has it too. */
const narrowest: readonly Row[] = [
  // "Listing and downloading objects."
  { role: "storage.viewer", has: ["reads"], source: page("storage") },
  // It puts objects, and so overwrites them.
  { role: "storage.uploader", has: ["changes"], source: page("storage") },
  // Lifecycle rules delete; a policy lets in and shuts out.
  { role: "storage.configurer", has: ["changes"], source: page("storage") },
  { role: "storage.admin", has: ["grants"], source: page("storage") },
  // "Reading audit logs", of the resources that it is on.
  { role: "audit-trails.viewer", has: ["reads"], source: page("audit-trails") },
  { role: "audit-trails.editor", has: ["stops"], source: page("audit-trails") },
  { role: "audit-trails.admin", has: ["grants"], source: page("audit-trails") },
  { role: "kms.keys.decrypter", has: ["decrypts"], source: page("kms") },
  // Nobody reads a log whose key is inactive or destroyed, and no trail delivers with it.
  { role: "kms.editor", has: ["changes", "stops"], source: page("kms") },
  { role: "kms.admin", has: ["grants"], source: page("kms") },
  { role: "iam.serviceAccounts.user", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.tokenCreator", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.keyAdmin", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.accessKeyAdmin", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.apiKeyAdmin", has: acting, source: page("iam") },
  { role: "iam.serviceAccounts.admin", has: [...acting, "stops", "grants"], source: page("iam") },
  // Deleting a folder deletes what is in it.
  { role: "resource-manager.editor", has: ["changes", "stops"], source: page("resource-manager") },
  { role: "resource-manager.admin", has: ["grants"], source: page("resource-manager") },
  { role: "organization-manager.admin", has: ["grants"], source: page("organization") },
];

/**
 * What the primitive roles reach: `viewer` reads all that the services hold, `editor` changes and deletes it. Whether each service
 * keeps to that is open only for what a trail may rely on, see {@link includesRole}.
 */
const primitive: readonly Row[] = [
  { role: "auditor", has: [], source: primitiveRoles },
  { role: "viewer", has: ["reads"], source: primitiveRoles },
  { role: "editor", has: ["reads", "decrypts", "changes", "stops"], source: primitiveRoles },
];

/** Services whose roles reach logs. Those of other services never do. */
const concerned: ReadonlySet<string> = new Set([
  ...["storage", "kms", "iam", "audit-trails", "resource-manager", "organization-manager"],
]);

/** Roles of these services that reach nothing of the logs, by their last word: they show settings, or only encrypt. */
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

/** Returns what somebody can do to audit logs by a role: the one table, for the cloud, for states and for events. */
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

/** Whether a role concerns audit logs at all; `unknown` if that is not documented. */
export function concernsLogs(role: string): Answer {
  const answers = Object.values(reachOf(role));
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}
