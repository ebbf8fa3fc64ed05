import { type Answer, includesRole } from "./roles";

/** What a role allows with audit logs, on what they are kept by: bucket, key, account, and the folders and so on that these are in. */
export interface LogReach {
  /** Reading log objects, encrypted or not. */
  readonly reads: Answer;
  /** Putting, overwriting or deleting logs, or changing what delivers and keeps them: trail, bucket, key. */
  readonly changes: Answer;
  /** Giving roles to others, or acting as the trail's account. */
  readonly grants: Answer;
  /** Decrypting what a KMS key encrypted. */
  readonly decrypts: Answer;
}

export type Ability = keyof LogReach;

const abilities: readonly Ability[] = ["reads", "changes", "grants", "decrypts"];

const page = (service: string): string => `https://yandex.cloud/en/docs/${service}/security/`;
const primitiveRoles = "https://yandex.cloud/en/docs/iam/roles-reference#primitive-roles";

/** The narrowest roles with an ability. A role that includes one of them has it too. */
const narrowest: readonly {
  readonly role: string;
  readonly has: readonly Ability[];
  readonly source: string;
}[] = [
  // "Listing and downloading objects."
  { role: "storage.viewer", has: ["reads"], source: page("storage") },
  // It puts objects, and so overwrites them.
  { role: "storage.uploader", has: ["reads", "changes"], source: page("storage") },
  // Lifecycle, policy: the one deletes, the other lets in and shuts out.
  { role: "storage.configurer", has: ["changes"], source: page("storage") },
  { role: "storage.admin", has: ["grants"], source: page("storage") },
  // "Reading audit logs", of the resources that it is on.
  { role: "audit-trails.viewer", has: ["reads"], source: page("audit-trails") },
  { role: "audit-trails.editor", has: ["changes"], source: page("audit-trails") },
  { role: "audit-trails.admin", has: ["grants"], source: page("audit-trails") },
  { role: "kms.keys.decrypter", has: ["decrypts"], source: page("kms") },
  // A key that is inactive or destroyed reads no log any more.
  { role: "kms.editor", has: ["changes"], source: page("kms") },
  { role: "kms.admin", has: ["grants"], source: page("kms") },
  // By another name of the same permission, or by a token or a key of the trail's account.
  { role: "iam.serviceAccounts.user", has: ["grants"], source: page("iam") },
  { role: "iam.serviceAccounts.tokenCreator", has: ["grants"], source: page("iam") },
  { role: "iam.serviceAccounts.keyAdmin", has: ["grants"], source: page("iam") },
  { role: "iam.serviceAccounts.accessKeyAdmin", has: ["grants"], source: page("iam") },
  { role: "iam.serviceAccounts.apiKeyAdmin", has: ["grants"], source: page("iam") },
  { role: "iam.serviceAccounts.admin", has: ["grants", "changes"], source: page("iam") },
  { role: "iam.editor", has: ["changes"], source: page("iam") },
  // Deleting a folder deletes what is in it.
  { role: "resource-manager.editor", has: ["changes"], source: page("resource-manager") },
  { role: "resource-manager.admin", has: ["grants", "changes"], source: page("resource-manager") },
  { role: "organization-manager.admin", has: ["grants"], source: page("organization") },
  // "Permissions to read information about any resource", and unlike the auditor's to the data of services.
  { role: "viewer", has: ["reads"], source: primitiveRoles },
  // "Permissions to manage any resource", but for granting roles.
  { role: "editor", has: ["reads", "changes", "decrypts"], source: primitiveRoles },
  { role: "admin", has: ["grants"], source: primitiveRoles },
];

/** Roles whose pages do not say whether they have an ability. */
const undocumented: Readonly<Record<string, readonly Ability[]>> = {
  "kms.keys.user": ["decrypts"],
};

/** Roles of the services that keep and deliver logs which are documented to show settings, or to encrypt, and no more. */
const harmless: ReadonlySet<string> = new Set([
  ...["storage.configViewer", "audit-trails.auditor", "audit-trails.configViewer"],
  ...["kms.auditor", "kms.viewer", "kms.keys.encrypter"],
]);

/** Services of which a role that is not known here may allow anything with logs. */
const keepers = /^(storage|audit-trails)\.|^kms\.(?!asymmetric)/;

/** Returns what a role allows with audit logs: the one table, for the cloud, for states and for events. */
export function reachOf(role: string): LogReach {
  const found = abilities.map((ability) => [ability, answerFor(role, ability)] as const);
  const isUnknown = keepers.test(role) && !harmless.has(role) && found.every(([, answer]) => answer === "no");
  const reach = isUnknown ? abilities.map((ability) => [ability, "unknown"] as const) : found;
  return Object.fromEntries(reach) as Record<Ability, Answer>;
}

function answerFor(role: string, ability: Ability): Answer {
  const answers = narrowest
    .filter(({ has }) => has.includes(ability))
    .map((row) => includesRole(role, row.role));
  if (answers.includes("yes")) return "yes";
  return answers.includes("unknown") || undocumented[role]?.includes(ability) ? "unknown" : "no";
}

/** Whether a role concerns audit logs at all; `unknown` if that is not documented. */
export function concernsLogs(role: string): Answer {
  const answers = Object.values(reachOf(role));
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}
