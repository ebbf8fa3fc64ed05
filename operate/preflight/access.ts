import type { Resource } from "../../api/bindings";
import { failureText, isForbidden } from "../../api/failures";
import type { Subject } from "../../api/identity";
import { type Answer, grantCommands, includesRole } from "../../components/roles";
import { type Check, ok, problem, unknown } from "./check";
import type { CloudView, Level } from "./cloudView";
import type { Plan } from "./plan";
import { folder } from "./plan";
import { word } from "./word";

/** A role that the deployer needs on something. */
export interface RoleNeed {
  readonly role: string;
  readonly on: Resource;
}

/** What people call a resource, by its type. */
const nouns: Readonly<Record<string, keyof typeof grantCommands>> = {
  "organization-manager.organization": "organization",
  "resource-manager.cloud": "cloud",
  "resource-manager.folder": "folder",
  "kms.symmetricKey": "key",
  "iam.serviceAccount": "service account",
  "storage.bucket": "bucket",
};

export const called = ({ type, id }: Resource): string => `${nouns[type] ?? type} ${id}`;

/** The role with which others are granted on a resource. Whoever has it may also list them. */
const grantingRoles: Readonly<Record<string, string>> = {
  "organization-manager.organization": "organization-manager.admin",
  "resource-manager.cloud": "resource-manager.admin",
  "resource-manager.folder": "resource-manager.admin",
  "kms.symmetricKey": "kms.admin",
  "storage.bucket": "storage.admin",
};

/** The roles that the deployer needs for a plan: the README's table, on what the plan names. */
export function rolesFor(plan: Plan, bucketFolderIds: readonly string[]): RoleNeed[] {
  const onFolders = (role: string, ids: readonly string[]) => ids.map((id) => ({ role, on: folder(id) }));
  const foldersOf = (made: readonly { readonly folderId: string }[]) => made.map(({ folderId }) => folderId);
  const needs: RoleNeed[] = [
    ...plan.scopes.map((on) => ({ role: "audit-trails.viewer", on })),
    ...onFolders("audit-trails.editor", foldersOf(plan.trails)),
    ...onFolders("iam.serviceAccounts.user", foldersOf(plan.accounts)),
    ...plan.existingAccountIds.map((id) => ({
      role: "iam.serviceAccounts.user",
      on: { type: "iam.serviceAccount", id },
    })),
    ...onFolders("storage.viewer", [...foldersOf(plan.buckets), ...bucketFolderIds]),
    ...onFolders("storage.admin", foldersOf(plan.buckets)),
    ...onFolders("kms.admin", plan.keyFolderIds),
    ...onFolders("iam.serviceAccounts.admin", foldersOf(plan.accounts)),
    ...plan.grants.flatMap(({ role, on }) => [
      { role: grantingRoles[on.type] ?? "admin", on },
      // Nobody may grant a role whose permissions they lack: https://yandex.cloud/en/docs/iam/operations/roles/grant
      { role, on },
    ]),
  ];
  const all = new Map(needs.map((need) => [`${need.role} ${need.on.id}`, need]));
  return [...all.values()];
}

/** The command that grants the deployer a role. */
function grantCommand({ role, on }: RoleNeed, { deployer }: CloudView): string | undefined {
  const noun = nouns[on.type];
  const subject = deployer ? word(`${deployer.type}:${deployer.id}`) : "<subject>";
  return (
    noun &&
    `${grantCommands[noun]} ${noun === "bucket" ? "" : "--id "}${word(on.id)} --role ${word(role)} --subject ${subject}`
  );
}

/** Roles with which a resource, what is in it and who has roles on it can be read. For a cloud it is the one for quotas too. */
const readingRoles: Readonly<Record<string, string>> = {
  "organization-manager.organization": "organization-manager.viewer",
  "resource-manager.cloud": "viewer",
  "resource-manager.folder": "resource-manager.viewer",
  "kms.symmetricKey": "kms.viewer",
  "iam.serviceAccount": "iam.viewer",
  "storage.bucket": "storage.viewer",
};

/** What is unknown because the deployer may not read something. It is one cause, however much depends on it. */
export function unread(about: string, on: Resource, view: CloudView): Check {
  const role = readingRoles[on.type] ?? "viewer";
  return unknown(
    about,
    `${called(on)} may not be read: it takes role ${role} on it.`,
    grantCommand({ role, on }, view),
  );
}

/** Whether the deployer has a role, on a resource or on what it is in. */
export async function roleCheck(about: string, need: RoleNeed, view: CloudView): Promise<Check> {
  const { role, on } = need;
  const command = grantCommand(need, view);
  const { deployer } = view;
  if (!deployer) return unknown(about, "It is unknown whose the credentials are.");
  // Said once, by the check of what is missing.
  if (await view.isMissing(on)) return unknown(about, notChecked(on));

  const who = `${deployer.type}:${deployer.id}`;
  const { levels, unknownParentOf } = await view.levels(on);
  const holdings = levels.flatMap((level) => holdingsAt(level, role, deployer));
  const sure = holdings.find(({ inclusion, isSure }) => inclusion === "yes" && isSure);
  if (sure) {
    const isItself = sure.role === role && sure.at.id === on.id;
    return ok(about, isItself ? undefined : `By ${sure.role} on ${called(sure.at)}.`);
  }
  const [own] = levels;
  if (own && isForbidden(own.failure) && grantingRoles[on.type] === role)
    return problem(about, `Whoever has it may list the roles there, and ${who} may not.`, command);

  if (holdings.length > 0)
    return unknown(about, [...new Set(holdings.map(doubtAbout))].join(" "), inquiry(holdings, command));
  const hidden = levels.find(({ bindings }) => !bindings);
  if (hidden && !isForbidden(hidden.failure))
    return unknown(
      about,
      `The roles on ${called(hidden.resource)} cannot be read: ${failureText(hidden.failure)}.`,
    );
  const barred = hidden?.resource ?? unknownParentOf;
  if (barred) return unread(about, barred, view);
  return problem(about, `${who} has it neither there nor on what it is in.`, command);
}

/** What is not checked since what it is about cannot be found: that is said elsewhere. */
export const notChecked = (on: Resource): string =>
  `Not checked: there is no ${called(on)} that may be read.`;

/** The command that makes a doubt known: it grants nothing that may be there already. */
function inquiry(holdings: readonly Holding[], grant: string | undefined): string | undefined {
  const groups = holdings.filter(({ isSure }) => !isSure).map(({ holder }) => holder);
  if (groups.length === 0) return grant;
  const group = groups.find(({ type }) => type === "group");
  return group && `yc organization-manager group list-members --id ${word(group.id)}`;
}

/** A role that somebody has, or may have, and that includes the wanted one, or may do so. */
interface Holding {
  readonly role: string;
  readonly holder: Subject;
  readonly at: Resource;
  readonly inclusion: Answer;
  /** Whether it is certainly theirs, and not of a group in which they may not be. */
  readonly isSure: boolean;
}

function holdingsAt({ resource: at, bindings = [] }: Level, role: string, subject: Subject): Holding[] {
  return bindings.flatMap(({ roleId, subject: holder }) => {
    if (!holder) return [];
    const { type, id } = holder;
    const isTheirs = type === subject.type && id === subject.id;
    const isEverybody = type === "system" && (id === "allUsers" || id === "allAuthenticatedUsers");
    const isGroup = type === "group" || type === "system";
    const inclusion = includesRole(roleId, role);
    if (inclusion === "no" || !(isTheirs || isGroup)) return [];
    return [{ role: roleId, holder, at, inclusion, isSure: isTheirs || isEverybody }];
  });
}

function doubtAbout({ role, holder, at, inclusion, isSure }: Holding): string {
  const held = isSure
    ? `It has ${role} on ${called(at)}`
    : `${holder.type} ${holder.id} has ${role} on ${called(at)}`;
  const doubts = [
    ...(isSure ? [] : ["who is in it is unknown here"]),
    ...(inclusion === "unknown" ? ["no document says whether that includes it"] : []),
  ];
  return `${held}, and ${doubts.join(", and ")}.`;
}
