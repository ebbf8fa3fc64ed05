import type { Resource } from "../../engine/json";
import { isOfStack, type Reference, type World } from "../../engine/world";
import { nameOf } from "./facet";

/** Roles on something of those who are no service account of a trail. */
export function grantsOn(target: Reference, world: World): readonly string[] {
  const accounts = world.all("account").map((account) => referenceTo(account, world));
  return world
    .grants()
    .filter(({ on }) => world.isSame(on, target))
    .flatMap(({ role, members }) =>
      members
        .filter((member) => !accounts.some((account) => world.isMember(member, account)))
        .map((member) => `${role} for ${nameOf(member)}`),
    )
    .sort();
}

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
      .filter(({ resource }) => (!isUsed || needs.has(resource.urn)) === isNeeded)
      .map(({ role, on, onWhat }) => `${role} on ${onWhat} ${nameOf(on)}`)
      .sort();
  return { needed: named(true), surplus: named(false) };
}

export const referenceTo = (resource: Resource, world: World): Reference => ({
  urn: isOfStack(resource) ? world.identity(resource.urn) : undefined,
  id: resource.id,
});

/** URNs of the grants that trails need. */
function neededGrants(world: World): ReadonlySet<string> {
  const needed = world.all("trail").flatMap((trail) => {
    const account = world.accountOf(trail);
    const needs = world.needsOf(trail);
    return world
      .grantsOf(account)
      .filter((grant) => needs.some((need) => grant.role === need.role && world.isOnPlaceOf(grant, need)));
  });
  return new Set(needed.map(({ resource }) => resource.urn));
}
