import { inert } from "../inert";
import type { Resource } from "../stack/engineJson";
import { type Kind, kindTitles } from "../stack/stackView";
import { splitUrn } from "../stack/urn";
import type { Pending } from "../state/engineRecord";
import type { Found } from "./look";
import type { Outside } from "./outside";
import type { Surplus } from "./surplus";

/** How to delete what is left over, after what was found out about it. The id comes at the end of each line. */
const deletions: Readonly<Record<Kind, { readonly known: string; readonly lines: readonly string[] }>> = {
  trail: { known: "It delivers logs. ", lines: ["yc audit-trails trail delete"] },
  account: {
    known: "No trail of its folder works with it. Nothing else was checked. ",
    lines: ["yc iam service-account delete"],
  },
  bucket: { known: "It is empty. ", lines: ["yc storage bucket delete"] },
  key: {
    known:
      "No bucket of its folder and no object in them is encrypted with it, and nobody has a role kms.keys.encrypter… on it or on its " +
      "folder. Other folders were not checked. ",
    lines: ["yc kms symmetric-key update --no-deletion-protection", "yc kms symmetric-key delete"],
  },
};

export const nameOf = ({ urn }: Resource): string => inert(splitUrn(urn).name);

export const takingOf = ({ kind, resource, isReplacement }: Found, id: string): string =>
  `take ${kindTitles[kind]} ${inert(id)} into the state as ${nameOf(resource)}` +
  (isReplacement ? ", in the place of the one that it was to replace" : "");

export const deletionOf = ({ kind, id, name }: Surplus): string =>
  `delete ${kindTitles[kind]} ${id} (${inert(name)}): nothing in its folder was found to be encrypted with it`;

export function textOfSurplus({ kind, id, name, doubt }: Surplus): string {
  const { known, lines } = deletions[kind];
  const left = `The ${kindTitles[kind]} ${id} (${inert(name)}) has the marks of this stack, is not in its state, and no update that succeeded is known to have created it. It was left alone`;
  if (doubt) return `${left}: ${inert(doubt)}.`;
  return [`${left}.`, `${known}To delete it:`, ...lines.map((line) => `  ${line} ${id}`)].join("\n");
}

/**
 * What may be another's; nothing for what is not.
 *
 * @param take The command that takes it in, but for its id.
 */
export function textOfUnproven({ kind, resource, finding }: Found, take: string): string | undefined {
  if (finding.outcome !== "unproven") return undefined;
  const { id, why } = finding;
  return [
    `The ${kindTitles[kind]} ${inert(id)} has the name of ${nameOf(resource)}, and was left alone: ${inert(why)}.`,
    "If it is this stack's, take it into the state:",
    `  ${take} ${inert(id)}`,
  ].join("\n");
}

/** What has the stack's marks and is not in its state, where the preview that says what it is failed. */
export const textOfOutside = ({ kind, id, name }: Outside): string =>
  `The ${kindTitles[kind]} ${id} (${inert(name)}) has the marks of this stack, is in the cloud, and is not in the state. Do not ` +
  "run pulumi up: it would create another one. Make the preview work, and run this again.";

export const clearingOf = ({ operation, resource }: Pending): string =>
  `clear "${inert(operation)}" of ${nameOf(resource)}, which was interrupted, from the state`;

/** What was interrupted of a resource that is none of this library's. */
export const textOfForeign = ({ operation, resource }: Pending, isCleared: boolean): string =>
  `"${inert(operation)}" of ${nameOf(resource)} (${inert(resource.type)}) was interrupted too. It is no resource of this library, so ` +
  `recover did not search for it. ${
    isCleared
      ? "It is cleared from the state with the others. Check whether it was done, and bring what was created into the state with pulumi import."
      : "pulumi up says what to do with it."
  }`;
