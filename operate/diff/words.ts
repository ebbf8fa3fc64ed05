import { leavingPart } from "../../components/protectedParts";
import { splitUrn } from "../stack/urn";
import type { Refusal } from "./failure";
import type { Report } from "./report";
import { kindNames, type Loss, type Row, type RowSubject } from "./row";
import { applying, verdicts } from "./verdict";

/** Text in parts: our own words as strings, and names from outside, which are shown as code. */
export type Phrase = readonly (string | { readonly of: string })[];

/** Returns the verdict in one line. */
export function headline({ verdict, applies, drift }: Report): string {
  const { title } = verdicts[verdict];
  const [, without] = applies;
  if (verdict === "refused" && without) return `${title}; without protection: ${verdicts[without].title}`;
  const [drifted] = drift ? applying([...drift.rows, ...drift.losses].map(({ effect }) => effect)) : [];
  if (!drift || verdict === "unknown" || drift.rows.length + drift.losses.length === 0) return title;
  const meaning = drifted && drifted !== "unchanged" ? `, which means: ${verdicts[drifted].title}` : "";
  return `${title}; others changed the cloud since the last update${meaning}`;
}

/** Returns a sentence that explains the verdict; undefined if it needs none. */
export function explanation({ verdict, rows, losses }: Report): string | undefined {
  if (verdict === "unknown")
    return "The effect of the change on the audit logs is unknown. Do not treat the change as harmless.";
  if (verdict === "refused")
    return "Pulumi stops at its own preview, and changes nothing. With --skip-preview it would stop half-way.";
  if (verdict === "unchanged")
    return rows.length + losses.length === 0
      ? "Coverage and protection of the audit logs stay as they are."
      : "The changes do not affect coverage and protection of the audit logs.";
  return undefined;
}

export const phraseOf = ({ kind, name }: RowSubject): Phrase => [`${kindNames[kind]} `, { of: name }];

/** Names the resources of a row and the property that changes. */
export function aboutOf({ subjects, name, detail }: Row): Phrase {
  const all = subjects.flatMap((subject, i) => [...(i > 0 ? [", "] : []), ...phraseOf(subject)]);
  return [...all, `: ${name}`, ...(detail ? [" ", { of: detail }] : [])];
}

/** Describes the meaning of a row. */
export const meaningOf = ({ effect, harm, note }: Row): string =>
  [effect && verdicts[effect].title, harm, note]
    .filter((text) => text !== undefined)
    .map((text) => text.replace(/\.$/, ""))
    .join(". ")
    .concat(harm || note ? "." : "");

/** Describes a loss and its consequence. */
export const lossOf = ({ subject, kind, consequence }: Loss): Phrase => [
  ...phraseOf(subject),
  ` is ${kind}. ${consequence}`,
];

/** Merges warnings that differ only in quoted names, and adds their number. */
export function grouped(warnings: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const warning of warnings) {
    const kind = warning.replace(/"[^"]*"/g, '""');
    groups.set(kind, [...(groups.get(kind) ?? []), warning]);
  }
  return [...groups.values()].map(([first = "", ...others]) =>
    others.length > 0 ? `${first} (${others.length + 1} warnings of this kind)` : first,
  );
}

/** Describes a refused change, and the part that it would remove or replace. */
export function refusalOf({ urn, kind }: Refusal): Phrase {
  const { types, name } = splitUrn(urn);
  const [component, resource] = types.slice(-2).map((type) => type.split(":").at(-1) ?? "");
  const would = kind === "removed" ? "would be removed" : "would be replaced";
  const part = resource?.endsWith("IamMember") ? undefined : leavingPart(component ?? "");
  return [{ of: name }, ` is protected, and ${would}.${part ? ` It is a ${part}` : ""}`];
}
