import { inert } from "../inert";
import type { Resource } from "../stack/engineJson";
import { type Kind, kindTitles } from "../stack/kinds";
import { splitUrn } from "../stack/urn";
import type { Pending } from "../state/engineRecord";
import type { SearchedResource } from "./leftovers";
import type { Outside } from "./outside";
import type { Surplus } from "./surplus";

/** Known facts about a leftover resource, and the commands that delete it. Its id is added to the end of each command. */
const deletions: Readonly<Record<Kind, { readonly known: string; readonly lines: readonly string[] }>> = {
  trail: { known: "The trail delivers logs. ", lines: ["yc audit-trails trail delete"] },
  account: {
    known: "No trail in its folder uses the account. Other uses were not checked. ",
    lines: ["yc iam service-account delete"],
  },
  bucket: { known: "The bucket is empty. ", lines: ["yc storage bucket delete"] },
  key: {
    known:
      "No bucket or object in the key's folder is encrypted with the key, and nobody has a role kms.keys.encrypter… on the key or its folder. Other folders were not checked. ",
    lines: ["yc kms symmetric-key update --no-deletion-protection", "yc kms symmetric-key delete"],
  },
};

export const nameOf = ({ urn }: Resource): string => inert(splitUrn(urn).name);

/** Describes the step that imports a resource. */
export const takingOf = ({ kind, resource, isReplacement }: SearchedResource, id: string): string =>
  `import ${kindTitles[kind]} ${inert(id)} into the state as ${nameOf(resource)}` +
  (isReplacement ? ", to replace the resource in the state" : "");

/** Describes the step that deletes a leftover key. */
export const deletionOf = ({ kind, id, name }: Surplus): string =>
  `delete ${kindTitles[kind]} ${id} (${inert(name)}): recover found no data in the key's folder that the key encrypts`;

/** Describes a leftover, with the commands that delete it. */
function textOfSurplus({ kind, id, name, doubt }: Surplus): string {
  const { known, lines } = deletions[kind];
  const left = `The ${kindTitles[kind]} ${id} (${inert(name)}) has the marks of this stack, is not in its state, and no successful update is known to have created it. It was not changed`;
  if (doubt) return `${left}: ${inert(doubt)}.`;
  return [`${left}.`, `${known}To delete it:`, ...lines.map((line) => `  ${line} ${id}`)].join("\n");
}

/**
 * Describes a resource that may belong to another stack; undefined for other findings.
 *
 * @param take The command that imports it, without its id.
 */
function textOfUnproven({ kind, resource, finding }: SearchedResource, take: string): string | undefined {
  if (finding.outcome !== "unproven") return undefined;
  const { id, why } = finding;
  return [
    `The ${kindTitles[kind]} ${inert(id)} has the name of ${nameOf(resource)}, but was not imported: ${inert(why)}.`,
    "If it belongs to this stack, import it:",
    `  ${take} ${inert(id)}`,
  ].join("\n");
}

/** Describes a resource with the stack's marks that is not in the state, after a failed preview. */
const textOfOutside = ({ kind, id, name }: Outside): string =>
  `The ${kindTitles[kind]} ${id} (${inert(name)}) has the marks of this stack, is in the cloud, and is not in the state. Do not ` +
  "run pulumi up: it would create another one. Correct the error of the preview, and run recover again.";

/** Describes the step that clears a pending operation. */
export const clearingOf = ({ operation, resource }: Pending): string =>
  `clear "${inert(operation)}" of ${nameOf(resource)}, which was interrupted, from the state`;

/** Describes an interrupted operation on a resource outside of this library. */
const textOfForeign = ({ operation, resource }: Pending, isCleared: boolean): string =>
  `"${inert(operation)}" of ${nameOf(resource)} (${inert(resource.type)}) was interrupted too. It is not a resource of this library, so ` +
  `recover did not search for it. ${
    isCleared
      ? "It is cleared from the state with the others. Check whether it was completed. If it created a resource, import it with pulumi import."
      : "Run pulumi up: it says what to do."
  }`;

/** Result of a search for leftovers, and what became of it. */
interface Outcome {
  readonly surplus: readonly Surplus[];
  readonly found: readonly SearchedResource[];
  readonly outside: readonly Outside[];
  readonly foreign: readonly Pending[];
  /** True if the preview is complete. */
  readonly isWhole: boolean;
  /** True if interrupted operations were cleared from the state. */
  readonly isCleared: boolean;
}

/** Returns what is left to decide, in sentences. @param take The command that imports a resource, without its id. */
export const openDecisions = (
  { surplus, found, outside, foreign, isWhole, isCleared }: Outcome,
  take: string,
): string[] => [
  ...surplus.map(textOfSurplus),
  ...found.flatMap((one) => textOfUnproven(one, take) ?? []),
  ...outside.map(textOfOutside),
  ...foreign.map((one) => textOfForeign(one, isCleared)),
  ...(isWhole
    ? []
    : [
        "The preview failed, so recover did not search for leftovers, and may have missed resources that the preview did not reach.",
      ]),
];
