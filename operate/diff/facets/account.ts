import { protection } from "./common";
import { type Facet, facet, listed, moreIsWeaker, nameOf } from "./facet";
import { grantsOn, type Roles, referenceTo, rolesOf } from "./grants";

export const accountFacets: readonly Facet[] = [
  facet<Roles>({
    name: "roles",
    read: (account, world) => rolesOf(referenceTo(account, world), world),
    show: ({ needed, surplus } = { needed: [], surplus: [] }) =>
      listed([...needed, ...surplus.map((role) => `${role} (not needed)`)]),
    judge: (before, after) => moreIsWeaker(before?.surplus, after?.surplus),
    harm: "No trail needs it. Whoever takes the account over has it too.",
  }),
  facet<readonly string[]>({
    name: "roles on it",
    read: (account, world) => grantsOn(referenceTo(account, world), world),
    show: listed,
    judge: moreIsWeaker,
    harm: "More people or accounts may act as the account, or change it.",
  }),
  facet<readonly string[]>({
    name: "keys of the account",
    read: (account, world) =>
      world.credentialsOf(referenceTo(account, world)).map(({ urn }) => nameOf({ urn })),
    show: listed,
    judge: moreIsWeaker,
    harm: "The trail needs no key. Whoever has it may overwrite logs.",
  }),
  protection,
];
