import { wayOn } from "../../components/protectedParts";
import { inert } from "../inert";
import type { Report } from "./report";
import type { Comparison, Loss, Row } from "./row";
import {
  aboutOf,
  explanation,
  grouped,
  headline,
  meaningOf,
  type Phrase,
  phraseOf,
  refusalOf,
} from "./words";

/** Formats a report for a terminal. The raw diff is left out: `pulumi preview --diff` shows it. */
export function textOf(report: Report): string {
  const { stack, obstacles, refusals, advice, rows, losses, drift, warnings, troubles, commit } = report;
  const blocks = [
    `Audit logs${stack ? ` of stack ${inert(stack)}` : ""}: ${headline(report)}`,
    ...[explanation(report) ?? []].flat(),
    ...obstacles.map(({ reason, detail }) => (detail ? `${reason}\n${indented(detail)}` : reason)),
    ...(refusals.length > 0
      ? [
          refusals.map((refusal) => `- ${phrase(refusalOf(refusal))}`).join("\n"),
          ...advice.map(indented),
          wayOn,
        ]
      : []),
    ...block(troubles.map((trouble) => inert(trouble))),
    ...comparisonBlocks({ rows, losses }),
    ...driftBlocks(drift),
    ...(warnings.length > 0 ? [`The program warns:\n${grouped(warnings).map(indented).join("\n")}`] : []),
    ...(commit ? [`Commit ${inert(commit)}`] : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const comparisonBlocks = ({ rows, losses }: Comparison): string[] => [
  ...block(rows.map(rowOf)),
  ...block(losses.map(lossOf)),
];

function driftBlocks(drift: Comparison | undefined): string[] {
  const blocks = drift ? comparisonBlocks(drift) : [];
  return blocks.length > 0 ? ["Changes that others made in the cloud since the last update:", ...blocks] : [];
}

function rowOf(row: Row): string {
  const change = [row.before, row.after]
    .filter((texts) => texts.length > 0)
    .map((texts) => inert(texts.join(", ")))
    .join(" -> ");
  const meaning = meaningOf(row);
  return `${phrase(aboutOf(row))}: ${change}${meaning ? `\n    ${meaning}` : ""}`;
}

const lossOf = ({ subject, kind, consequence }: Loss) =>
  `${phrase(phraseOf(subject))} is ${kind}.\n    ${consequence}`;

const block = (items: readonly string[]): string[] =>
  items.length > 0 ? [items.map((item) => `  ${item}`).join("\n")] : [];

const phrase = (words: Phrase): string =>
  words.map((word) => (typeof word === "string" ? word : inert(word.of))).join("");

const indented = (text: string): string =>
  inert(text, { lines: true })
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
