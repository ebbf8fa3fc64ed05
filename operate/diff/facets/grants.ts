import { concernsLogs } from "../../../components/logAccess";
import type { Answer } from "../../../components/roles";
import type { Resource } from "../../stack/engineJson";
import type { Grant } from "../../stack/grants";
import { isOfStack, type Reference } from "../../stack/references";
import type { StackView } from "../../stack/stackView";
import { isOnPlaceOf, needsOf } from "../../stack/trailRoles";
import type { Effect } from "../verdict";
import { nameOf } from "./facet";

/** A role of somebody other than a trail's service account. */
export interface Granted {
  readonly role: string;
  readonly to: string;
  /** Answer to: does the role give access to the logs? */
  readonly reaches: Answer;
}

/** Returns roles on a resource that others than the trails' service accounts have. */
export const grantsOn = (target: Reference, view: StackView): readonly Granted[] =>
  view
    .grants()
    .filter(({ on }) => view.isSame(on, target))
    .flatMap((grant) => grantedBy(grant, view))
    .sort(byText);

/** Returns the members of a grant without the trails' accounts: another facet compares their roles with the needed ones. */
export function grantedBy({ role, members }: Grant, view: StackView): Granted[] {
  const accounts = view.judged("account").map((account) => referenceTo(account, view));
  const reaches = concernsLogs(role);
  return members
    .filter((member) => !accounts.some((account) => view.isMember(member, account)))
    .map((member) => ({ role, to: nameOf(member), reaches }));
}

export const showGranted = (granted: readonly Granted[] = []): string | readonly string[] =>
  granted.length > 0 ? [...new Set(granted.map(textOf))] : "none";

/**
 * Returns the effect of changed roles. A new role that gives access to the logs weakens their protection; other roles do not
 * count.
 */
export function judgeGranted(
  before: readonly Granted[] = [],
  after: readonly Granted[] = [],
): Effect | undefined {
  const came = without(after, before);
  if (came.some(({ reaches }) => reaches === "yes")) return "weaker";
  if (came.some(({ reaches }) => reaches === "unknown")) return "unknown";
  return without(before, after).some(({ reaches }) => reaches === "yes") ? "stronger" : undefined;
}

/** Returns the items of the first list that the second lacks. */
export function without(some: readonly Granted[], others: readonly Granted[]): Granted[] {
  const known = new Set(others.map(textOf));
  return some.filter((one) => !known.has(textOf(one)));
}

const textOf = ({ role, to }: Granted) => `${role} for ${to}`;

export const byText = (one: Granted, other: Granted) => (textOf(one) < textOf(other) ? -1 : 1);

export interface Roles {
  readonly needed: readonly string[];
  readonly surplus: readonly string[];
}

/** Separates the roles of a trail's service account: those that a trail needs, and the surplus. */
export function rolesOf(account: Reference, view: StackView): Roles {
  const needs = neededGrants(view);
  const grants = view.grantsOf(account);
  const isUsed = view.all("trail").some((trail) => view.isSame(view.accountOf(trail), account));
  const named = (isNeeded: boolean) =>
    grants
      // Without a trail, no role counts as surplus.
      .filter((grant) => (!isUsed || needs.has(grant)) === isNeeded)
      .map(({ role, on, onWhat }) => `${role} on ${onWhat} ${nameOf(on)}`)
      .sort();
  return { needed: named(true), surplus: named(false) };
}

/** Returns the reference to a resource, by its URN before a rename. */
export const referenceTo = (resource: Resource, view: StackView): Reference => ({
  urn: isOfStack(resource) ? view.identity(resource.urn) : undefined,
  id: resource.id,
});

/** Returns the grants that trails need. */
function neededGrants(view: StackView): ReadonlySet<Grant> {
  const needed = view.all("trail").flatMap((trail) => {
    const account = view.accountOf(trail);
    const needs = needsOf(trail, view);
    return view
      .grantsOf(account)
      .filter((grant) => needs.some((need) => grant.role === need.role && isOnPlaceOf(grant, need, view)));
  });
  return new Set(needed);
}
