import {
  type Answer,
  chosenRoles,
  meets,
  type RoleNeed,
  type RolesArgs,
  rolesNeeded,
} from "../../components/roles";
import { allOf, anyOf } from "./answers";
import { collectedBy } from "./collected";
import type { Resource } from "./engineJson";
import type { Grant } from "./grants";
import { holds } from "./homes";
import { isOpen, type Reference } from "./references";
import type { StackView } from "./stackView";
import { isOurs } from "./urn";
import { textOf } from "./values";

/** A resource that a role is granted on. */
interface Place extends Pick<Grant, "on" | "onWhat"> {}

/** A role that a trail's service account needs. */
export type Need = RoleNeed<Place>;

/** Returns the grant that revokes a role from an account, because the grant gives the role only to others. */
export function takenBy(role: string, on: Reference, account: Reference, view: StackView): Grant | undefined {
  const there = view.grants().filter((grant) => grant.isExclusive && view.isSame(grant.on, on));
  return there.find(({ resource, isWhole, role: only }) => {
    if (!isWhole && only !== role) return false;
    const given = there.filter((one) => one.resource === resource && one.role === role);
    return !given.some((one) => view.isFor(one, account));
  });
}

/** Returns the choice of roles that the library's grants to a trail's account match. */
export function rolesChosen(trail: Resource, view: StackView): RolesArgs {
  const granted = view.grantsOf(view.accountOf(trail)).filter(({ resource }) => isOurs(resource.urn));
  return chosenRoles(
    granted.map(({ role, onWhat }) => ({
      role,
      on: onWhat === "bucket" || onWhat === "key" ? onWhat : "other",
    })),
  );
}

/** Returns the roles that the trail's service account needs. */
export function needsOf(trail: Resource, view: StackView): Need[] {
  const scopes = collectedBy(trail).map(({ scope = "" }) => scope.split(" "));
  const bucket = view.bucketOf(trail);
  const inStack = view.inStack(bucket);
  const key = inStack && view.keyOf(inStack);
  const folder = { id: textOf(inStack?.inputs.folderId) };
  return rolesNeeded<Place>(
    {
      scopes: scopes.filter(([, id]) => id).map(([onWhat = "", id]) => ({ on: { id }, onWhat })),
      buckets: [
        {
          folder: { on: folder, onWhat: "folder" },
          bucket: isOpen(bucket) ? undefined : { on: bucket, onWhat: "bucket" },
        },
      ],
      keys: key ? [{ on: key, onWhat: "key" }] : [],
    },
    rolesChosen(trail, view),
  );
}

/** Checks whether an account has a needed role. */
export function isMet(need: Need, account: Reference, view: StackView): Answer {
  const answers = view
    .grantsOf(account)
    .filter((grant) => !takenBy(grant.role, grant.on, account, view))
    .map((grant) => allOf([meets(grant.role, need), reaches(grant, need, view)]));
  return anyOf(answers);
}

/** Checks whether a grant covers one of the places of a need. */
function reaches(grant: Grant, need: Need, view: StackView): Answer {
  if (grant.onWhat === "organization" || isOnPlaceOf(grant, need, view)) return "yes";
  const folders = need.on.filter(({ onWhat }) => onWhat === "folder").map(({ on }) => on);
  return grant.onWhat === "cloud" ? holds(grant.on, folders, view) : "no";
}

/** Checks whether a grant is on a place of the need. If the place is unknown, any resource of its kind counts. */
export function isOnPlaceOf(grant: Grant, need: Pick<Need, "on">, view: StackView): boolean {
  return need.on.some(
    ({ on, onWhat }) => view.isSame(grant.on, on) || (grant.onWhat === onWhat && isOpen(on)),
  );
}
