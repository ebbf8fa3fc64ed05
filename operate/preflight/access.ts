import type { Resource } from "../../api/bindings";
import { failureText, isForbidden } from "../../api/failures";
import type { Subject } from "../../api/identity";
import { grantCommand, place, placeName, placeNoun } from "../../components/places";
import { type Answer, includesRole } from "../../components/roles";
import { type Check, ok, problem, unknown } from "./check";
import type { CloudView, Level } from "./cloudView";
import type { Plan } from "./plan";
import { word } from "./word";

/** A role that the deployer needs on a resource. */
export interface RoleNeed {
  readonly role: string;
  readonly on: Resource;
}

/** Role that allows to grant roles on a resource, by type. It also allows to list them. */
const grantingRoles: Readonly<Record<string, string>> = {
  "organization-manager.organization": "organization-manager.admin",
  "resource-manager.cloud": "resource-manager.admin",
  "resource-manager.folder": "resource-manager.admin",
  "kms.symmetricKey": "kms.admin",
  "storage.bucket": "storage.admin",
};

/** Returns the roles that the deployer needs for a plan: the table in docs/deploy.md, on the resources of the plan. */
export function rolesFor(plan: Plan, bucketFolderIds: readonly string[]): RoleNeed[] {
  const onFolders = (role: string, ids: readonly string[]) =>
    ids.map((id) => ({ role, on: place("folder", id) }));
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

/** Returns the command that grants the deployer a role. */
function commandFor({ role, on }: RoleNeed, { deployer }: CloudView): string | undefined {
  const noun = placeNoun(on.type);
  const subject = deployer ? word(`${deployer.type}:${deployer.id}`) : "<subject>";
  return noun && grantCommand(noun, word(on.id), word(role), subject);
}

/** Roles that allow to read a resource, its contents and its role bindings. For a cloud the role also covers quotas. */
const readingRoles: Readonly<Record<string, string>> = {
  "organization-manager.organization": "organization-manager.viewer",
  "resource-manager.cloud": "viewer",
  "resource-manager.folder": "resource-manager.viewer",
  "kms.symmetricKey": "kms.viewer",
  "iam.serviceAccount": "iam.viewer",
  "storage.bucket": "storage.viewer",
};

/** Returns a check with the answer `unknown`, because the deployer may not read a resource. */
export function unread(about: string, on: Resource, view: CloudView): Check {
  const role = readingRoles[on.type] ?? "viewer";
  return unknown(
    about,
    `No permission to read ${placeName(on)}: that needs role ${role} on it.`,
    commandFor({ role, on }, view),
  );
}

/** Checks whether the deployer has a role on a resource or on a container around it. */
export async function roleCheck(about: string, need: RoleNeed, view: CloudView): Promise<Check> {
  const { role, on } = need;
  const command = commandFor(need, view);
  const { deployer } = view;
  if (!deployer) return unknown(about, "The owner of the credentials is unknown.");
  // The check of the missing resource reports this.
  if (await view.isMissing(on)) return unknown(about, notChecked(on));

  const who = `${deployer.type}:${deployer.id}`;
  const { levels, unknownParentOf } = await view.levels(on);
  const holdings = levels.flatMap((level) => holdingsAt(level, role, deployer));
  const sure = holdings.find(({ inclusion, isSure }) => inclusion === "yes" && isSure);
  if (sure) {
    const isItself = sure.role === role && sure.at.id === on.id;
    return ok(about, isItself ? undefined : `By ${sure.role} on ${placeName(sure.at)}.`);
  }
  const [own] = levels;
  if (own && isForbidden(own.failure) && grantingRoles[on.type] === role)
    return problem(
      about,
      `The role allows to list the roles on the resource, but ${who} may not list them. So the role is missing.`,
      command,
    );

  if (holdings.length > 0)
    return unknown(about, [...new Set(holdings.map(doubtAbout))].join(" "), inquiry(holdings, command));
  const hidden = levels.find(({ bindings }) => !bindings);
  if (hidden && !isForbidden(hidden.failure))
    return unknown(
      about,
      `The roles on ${placeName(hidden.resource)} cannot be read: ${failureText(hidden.failure)}.`,
    );
  const barred = hidden?.resource ?? unknownParentOf;
  if (barred) return unread(about, barred, view);
  return problem(about, `${who} has it neither there nor on a container around it.`, command);
}

/** Returns the reason for a skipped check: its resource was not found. Another check reports that. */
export const notChecked = (on: Resource): string =>
  `Not checked: ${placeName(on)} does not exist, or may not be read.`;

/** Returns the command that resolves a doubt. It grants nothing that the deployer may have already. */
function inquiry(holdings: readonly Holding[], grant: string | undefined): string | undefined {
  const groups = holdings.filter(({ isSure }) => !isSure).map(({ holder }) => holder);
  if (groups.length === 0) return grant;
  const group = groups.find(({ type }) => type === "group");
  return group && `yc organization-manager group list-members --id ${word(group.id)}`;
}

/** A role that the deployer has or may have, and that includes or may include the needed one. */
interface Holding {
  readonly role: string;
  readonly holder: Subject;
  readonly at: Resource;
  readonly inclusion: Answer;
  /** True if the deployer certainly has it. False if a group has it whose members are unknown. */
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
    ? `It has ${role} on ${placeName(at)}`
    : `${holder.type} ${holder.id} has ${role} on ${placeName(at)}`;
  const doubts = [
    ...(isSure ? [] : ["its members are unknown here"]),
    ...(inclusion === "unknown" ? ["no document says whether that includes the needed role"] : []),
  ];
  return `${held}, and ${doubts.join(", and ")}.`;
}
