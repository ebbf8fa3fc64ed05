import { concernsLogs } from "../../../components/logAccess";
import { type Answer, placesInUse } from "../../../components/roles";
import type { Resource } from "../../stack/engineJson";
import type { Grant } from "../../stack/grants";
import { isOfStack, type Reference } from "../../stack/references";
import type { StackView } from "../../stack/stackView";
import { isOnPlaceOf, type Need, needsOf, rolesChosen } from "../../stack/trailRoles";
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

/** Roles of a trail's service account. */
export interface Roles {
  readonly needed: readonly string[];
  /** Roles that no trail needs. */
  readonly surplus: readonly string[];
  /** Roles that no trail needs because the account has the same role on a narrower place. */
  readonly wider: readonly string[];
}

/** Separates the roles of a trail's service account: those that a trail needs, and the others. */
export function rolesOf(account: Reference, view: StackView): Roles {
  const { needed, wider } = usedGrants(view);
  const isUsed = view.all("trail").some((trail) => view.isSame(view.accountOf(trail), account));
  const named = (isOf: (grant: Grant) => boolean) =>
    view
      .grantsOf(account)
      .filter(isOf)
      .map(({ role, on, onWhat }) => `${role} on ${onWhat} ${nameOf(on)}`)
      .sort();
  // Without a trail, no role counts as surplus.
  if (!isUsed) return { needed: named(() => true), surplus: [], wider: [] };
  return {
    needed: named((grant) => needed.has(grant)),
    surplus: named((grant) => !needed.has(grant) && !wider.has(grant)),
    wider: named((grant) => wider.has(grant)),
  };
}

/**
 * Judges changed roles of a trail's service account. A role that it had before and that became wider than necessary weakens nothing:
 * the narrower role was added.
 */
export function judgeRoles(before?: Roles, after?: Roles): Effect | undefined {
  if (added(before, after)) return "weaker";
  return added(after, before) ? "stronger" : undefined;
}

/** Checks whether the second roles have one more that no trail needs. */
function added(some: Roles = noRoles, others: Roles = noRoles): boolean {
  const unneeded = [...some.surplus, ...some.wider];
  return (
    others.surplus.some((role) => !unneeded.includes(role)) ||
    others.wider.some((role) => ![...unneeded, ...some.needed].includes(role))
  );
}

const noRoles: Roles = { needed: [], surplus: [], wider: [] };

/** Returns the reference to a resource, by its URN before a rename. */
export const referenceTo = (resource: Resource, view: StackView): Reference => ({
  urn: isOfStack(resource) ? view.identity(resource.urn) : undefined,
  id: resource.id,
});

/** Returns the grants that trails need, and those whose role they have on a narrower place too. */
function usedGrants(view: StackView): Readonly<Record<"needed" | "wider", ReadonlySet<Grant>>> {
  const [needed, wider] = [new Set<Grant>(), new Set<Grant>()];
  for (const trail of view.all("trail")) {
    const grants = view.grantsOf(view.accountOf(trail));
    const choice = rolesChosen(trail, view);
    for (const need of needsOf(trail, view)) {
      const on = (places: Need["on"]) =>
        grants.filter((grant) => grant.role === need.role && isOnPlaceOf(grant, { on: places }, view));
      const inUse = placesInUse(need, choice, (place) => on([place]).length > 0);
      for (const grant of on(need.on)) {
        const isInUse = inUse.some((place) => isOnPlaceOf(grant, { on: [place] }, view));
        (isInUse ? needed : wider).add(grant);
      }
    }
  }
  for (const grant of needed) wider.delete(grant);
  return { needed, wider };
}
