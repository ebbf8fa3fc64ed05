import { concernsLogs } from "../../../components/logAccess";
import type { Answer } from "../../../components/roles";
import type { Resource } from "../../stack/engineJson";
import { type Grant, isOfStack, type Reference, type StackView } from "../../stack/stackView";
import type { Effect } from "../verdict";
import { nameOf } from "./facet";

/** A role of somebody who is no service account of a trail. */
export interface Granted {
  readonly role: string;
  readonly to: string;
  /** Whether somebody can do something to the logs by it. */
  readonly reaches: Answer;
}

/** Roles on something of those who are no service account of a trail. */
export const grantsOn = (target: Reference, view: StackView): readonly Granted[] =>
  view
    .grants()
    .filter(({ on }) => view.isSame(on, target))
    .flatMap((grant) => grantedBy(grant, view))
    .sort(byText);

/** Whom a grant gives its role, but for the trails' own accounts: what they have is compared with what they need. */
export function grantedBy({ role, members }: Grant, view: StackView): Granted[] {
  const accounts = view.judged("account").map((account) => referenceTo(account, view));
  const reaches = concernsLogs(role);
  return members
    .filter((member) => !accounts.some((account) => view.isMember(member, account)))
    .map((member) => ({ role, to: nameOf(member), reaches }));
}

export const anyOf = (answers: readonly Answer[]): Answer =>
  answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";

export const showGranted = (granted: readonly Granted[] = []): string | readonly string[] =>
  granted.length > 0 ? [...new Set(granted.map(textOf))] : "none";

/** Who gets a role that reaches the logs makes their protection weaker; roles that do not are no matter. */
export function judgeGranted(
  before: readonly Granted[] = [],
  after: readonly Granted[] = [],
): Effect | undefined {
  const came = without(after, before);
  if (came.some(({ reaches }) => reaches === "yes")) return "weaker";
  if (came.some(({ reaches }) => reaches === "unknown")) return "unknown";
  return without(before, after).some(({ reaches }) => reaches === "yes") ? "stronger" : undefined;
}

/** What is in the first list only. */
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

/** Roles of a trail's service account, apart by whether a trail needs them. */
export function rolesOf(account: Reference, view: StackView): Roles {
  const needs = neededGrants(view);
  const grants = view.grantsOf(account);
  const isUsed = view.all("trail").some((trail) => view.isSame(view.accountOf(trail), account));
  const named = (isNeeded: boolean) =>
    grants
      // Without a trail there is nothing to measure the need by.
      .filter((grant) => (!isUsed || needs.has(grant)) === isNeeded)
      .map(({ role, on, onWhat }) => `${role} on ${onWhat} ${nameOf(on)}`)
      .sort();
  return { needed: named(true), surplus: named(false) };
}

export const referenceTo = (resource: Resource, view: StackView): Reference => ({
  urn: isOfStack(resource) ? view.identity(resource.urn) : undefined,
  id: resource.id,
});

/** The grants that trails need. */
function neededGrants(view: StackView): ReadonlySet<Grant> {
  const needed = view.all("trail").flatMap((trail) => {
    const account = view.accountOf(trail);
    const needs = view.needsOf(trail);
    return view
      .grantsOf(account)
      .filter((grant) => needs.some((need) => grant.role === need.role && view.isOnPlaceOf(grant, need)));
  });
  return new Set(needed);
}
