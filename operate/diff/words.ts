import { leavingPart } from "../../components/protectedParts";
import { splitUrn } from "../engine/urn";
import { kindNames, type Row, type Subject } from "./compare";
import type { Refusal } from "./failure";
import type { Report } from "./report";
import { applying, verdicts } from "./verdict";

/** Words of ours as they are, and words of others, which are to be shown as code. */
export type Phrase = readonly (string | { readonly of: string })[];

/** The verdict in one line. */
export function headline({ verdict, applies, drift }: Report): string {
  const { title } = verdicts[verdict];
  const [, without] = applies;
  if (verdict === "refused" && without) return `${title}; without protection: ${verdicts[without].title}`;
  const [drifted] = drift ? applying([...drift.rows, ...drift.losses].map(({ effect }) => effect)) : [];
  if (!drift || verdict === "unknown" || drift.rows.length + drift.losses.length === 0) return title;
  const meaning = drifted && drifted !== "unchanged" ? `, which means: ${verdicts[drifted].title}` : "";
  return `${title}; others changed the cloud since the last update${meaning}`;
}

/** What the verdict is not, where there is something to say. */
export function explanation({ verdict, rows, losses }: Report): string | undefined {
  if (verdict === "unknown") return "Do not take this for a harmless change: it was not judged.";
  if (verdict === "refused")
    return "Pulumi stops at its own preview, and changes nothing. With --skip-preview it would stop half-way.";
  if (verdict === "unchanged")
    return rows.length + losses.length === 0
      ? "Coverage and protection of the audit logs stay as they are."
      : "What changes makes no difference to coverage and protection of the audit logs.";
  return undefined;
}

export const phraseOf = ({ kind, name }: Subject): Phrase => [`${kindNames[kind]} `, { of: name }];

/** What a row is about, with the resources that it holds for. */
export function aboutOf({ subjects, name, detail }: Row): Phrase {
  const all = subjects.flatMap((subject, i) => [...(i > 0 ? [", "] : []), ...phraseOf(subject)]);
  return [...all, `: ${name}`, ...(detail ? [" ", { of: detail }] : [])];
}

/** What a row means. */
export function meaningOf({ effect, harm }: Row): string {
  if (!effect) return "";
  const { title } = verdicts[effect];
  return harm ? `${title}. ${harm}` : title;
}

/** What protection refuses, and what that would mean. */
export function refusalOf({ urn, kind }: Refusal): Phrase {
  const { types, name } = splitUrn(urn);
  const [component, resource] = types.slice(-2).map((type) => type.split(":").at(-1) ?? "");
  const would = kind === "removed" ? "would be removed" : "would be replaced";
  const part = resource?.endsWith("IamMember") ? undefined : leavingPart(component ?? "");
  return [{ of: name }, ` is protected, and ${would}.${part ? ` It is a ${part}` : ""}`];
}
