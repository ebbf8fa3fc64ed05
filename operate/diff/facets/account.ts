import { textOf } from "../../stack/values";
import { protection } from "./common";
import { type Facet, facet, listed, moreIsWeaker, nameOf, orNone, shown } from "./facet";
import {
  type Granted,
  grantsOn,
  judgeGranted,
  judgeRoles,
  type Roles,
  referenceTo,
  rolesOf,
  showGranted,
} from "./grants";

export const accountFacets: readonly Facet[] = [
  facet<Roles>({
    name: "roles",
    read: (account, view) => rolesOf(referenceTo(account, view), view),
    show: ({ needed, surplus, wider } = { needed: [], surplus: [], wider: [] }) =>
      listed([...needed, ...[...surplus, ...wider].map((role) => `${role} (not needed)`)]),
    judge: judgeRoles,
    harm: "No trail needs it. An attacker who takes over the account has it too.",
  }),
  facet<readonly Granted[]>({
    name: "roles on it",
    read: (account, view) => grantsOn(referenceTo(account, view), view),
    show: showGranted,
    judge: judgeGranted,
    harm: "More people or accounts may act as the account, or change it.",
  }),
  facet<readonly string[]>({
    name: "keys of the account",
    read: (account, view) =>
      view
        .credentialsOf(referenceTo(account, view))
        .map(({ urn }) => nameOf({ urn }))
        .sort(),
    show: listed,
    judge: moreIsWeaker,
    harm: "The trail needs no key. Anyone who has it may overwrite logs.",
  }),
  facet<string>({
    name: "end",
    input: "expiresAt",
    // An unset time is the start of Unix time.
    read: ({ inputs }) =>
      textOf(inputs.expiresAt)?.startsWith("1970-") ? undefined : shown(inputs.expiresAt),
    show: orNone,
    // Times of one format sort as texts.
    judge: (before, after) =>
      after === undefined || (before !== undefined && before < after) ? "stronger" : "stop",
    worst: "stop",
    harm: "The account expires then, and its trails stop.",
  }),
  facet<string>({
    name: "status",
    read: ({ outputs }) => {
      const status = textOf(outputs.status)?.toUpperCase();
      return status === "STATUS_UNSPECIFIED" ? undefined : status;
    },
    show: orNone,
    judge: (_, after) => (after === "ACTIVE" ? "wider" : "stop"),
    harm: "A service account that is not ACTIVE delivers nothing.",
    needsBoth: true,
  }),
  protection,
];
