import { concernsLogs } from "../../../components/logAccess";
import type { Answer } from "../../../components/roles";
import type { Resource } from "../../engine/json";
import { type Grant, isOfStack, type Reference, type World } from "../../engine/world";
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
export const grantsOn = (target: Reference, world: World): readonly Granted[] =>
  world
    .grants()
    .filter(({ on }) => world.isSame(on, target))
    .flatMap((grant) => grantedBy(grant, world))
    .sort(byText);

/** Whom a grant gives its role, but for the trails' own accounts: what they have is compared with what they need. */
export function grantedBy({ role, members }: Grant, world: World): Granted[] {
  const accounts = world.judged("account").map((account) => referenceTo(account, world));
  const reaches = concernsLogs(role);
  return members
    .filter((member) => !accounts.some((account) => world.isMember(member, account)))
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
export function rolesOf(account: Reference, world: World): Roles {
  const needs = neededGrants(world);
  const grants = world.grantsOf(account);
  const isUsed = world.all("trail").some((trail) => world.isSame(world.accountOf(trail), account));
  const named = (isNeeded: boolean) =>
    grants
      // Without a trail there is nothing to measure the need by.
      .filter((grant) => (!isUsed || needs.has(grant)) === isNeeded)
      .map(({ role, on, onWhat }) => `${role} on ${onWhat} ${nameOf(on)}`)
      .sort();
  return { needed: named(true), surplus: named(false) };
}

export const referenceTo = (resource: Resource, world: World): Reference => ({
  urn: isOfStack(resource) ? world.identity(resource.urn) : undefined,
  id: resource.id,
});

/** The grants that trails need. */
function neededGrants(world: World): ReadonlySet<Grant> {
  const needed = world.all("trail").flatMap((trail) => {
    const account = world.accountOf(trail);
    const needs = world.needsOf(trail);
    return world
      .grantsOf(account)
      .filter((grant) => needs.some((need) => grant.role === need.role && world.isOnPlaceOf(grant, need)));
  });
  return new Set(needed);
}
