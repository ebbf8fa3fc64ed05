import { wayOn } from "../../components/protectedParts";
import { code, codeBlock, inert } from "../inert";
import type { Comparison, Loss, Row } from "./compare";
import { markerOf } from "./marker";
import type { RawDiff } from "./rawDiff";
import type { Report } from "./report";
import { aboutOf, explanation, headline, meaningOf, type Phrase, phraseOf, refusalOf } from "./words";

/** Longest comment that GitHub takes, characters. */
const longestComment = 65_536;

/** Longest value in a table, characters. */
const longestValue = 300;
const longestText = 2_000;

/** How much is shown of what there may be much of. */
interface Room {
  readonly rows: number;
  readonly rawDiff: number;
}

/**
 * A report as a comment. Everything that comes from others stands in code, where nothing of it works. What does not fit is left
 * out from the end: of the raw diff first, then of the rows. The verdict is always whole.
 */
export function markdownOf(report: Report, limit = longestComment): string {
  const rows = Math.max(report.rows.length, report.drift?.rows.length ?? 0);
  const whole = report.rawDiff.length;
  const rooms: Room[] = [
    ...Array.from({ length: whole + 1 }, (_, i) => ({ rows, rawDiff: whole - i })),
    ...Array.from({ length: rows + 1 }, (_, i) => ({ rows: rows - i, rawDiff: 0 })),
  ];
  const texts = rooms.values();
  for (const room of texts) {
    const text = render(report, room);
    if (text.length <= limit) return text;
  }
  return `${opening(report).join("\n\n")}\n\nThe rest is too long for a comment.\n`;
}

/** What is said in any case. */
const opening = (report: Report): string[] => [
  `${markerOf(report)}\n### Audit logs${report.stack ? ` of stack ${code(report.stack)}` : ""}: ${headline(report)}`,
  ...[explanation(report) ?? []].flat(),
];

function render(report: Report, room: Room): string {
  const { obstacles, refusals, advice, rows, losses, drift, warnings, troubles, rawDiff, commit } = report;
  const blocks = [
    ...opening(report),
    ...obstacles.flatMap(({ reason, detail }) => [reason, ...(detail ? [quoted(detail)] : [])]),
    ...(refusals.length > 0
      ? [list(refusals.map((refusal) => phrase(refusalOf(refusal)))), ...advice.map(quoted), wayOn]
      : []),
    ...(troubles.length > 0 ? [list(troubles.map((trouble) => code(trouble)))] : []),
    ...table(rows, room.rows),
    ...lossList("Removed or replaced", losses),
    ...driftBlocks(drift, room),
    ...folding("The program warns", warnings.map(quoted)),
    ...rawBlocks(rawDiff, room.rawDiff),
    ...(commit ? [`Commit ${code(commit)}`] : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function table(rows: readonly Row[], room: number): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, room);
  const lines = shown.map((row) => {
    const cells = [phrase(aboutOf(row)), values(row.before), values(row.after), meaningOf(row)];
    return `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  });
  const left = rows.length - shown.length;
  return [
    ["| what changes | before | after | meaning |", "|---|---|---|---|", ...lines].join("\n"),
    ...(left > 0 ? [`${left} more rows are left out: run audit-trails diff to see them.`] : []),
  ];
}

function lossList(title: string, losses: readonly Loss[]): string[] {
  if (losses.length === 0) return [];
  const items = losses.map(
    ({ subject, kind, consequence }) => `${phrase(phraseOf(subject))} is ${kind}. ${consequence}`,
  );
  return [`**${title}**`, list(items)];
}

function driftBlocks(drift: Comparison | undefined, room: Room): string[] {
  if (!drift || drift.rows.length + drift.losses.length === 0) return [];
  return [
    "**Changed in the cloud since the last update, not by it**",
    ...table(drift.rows, room.rows),
    ...lossList("Gone from the cloud", drift.losses),
  ];
}

function rawBlocks(rawDiff: readonly RawDiff[], room: number): string[] {
  const shown = rawDiff.slice(0, room);
  const left = rawDiff.length - shown.length;
  const lines = shown.flatMap(({ sign, title, lines }) => [`@@ ${sign} ${title} @@`, ...lines]);
  return folding("Raw diff", [
    ...(shown.length > 0 ? [codeBlock(lines, "diff")] : []),
    ...(left > 0 ? [`${left} more resources are left out: run audit-trails diff to see them.`] : []),
  ]);
}

const folding = (title: string, blocks: readonly string[]): string[] =>
  blocks.length > 0 ? [`<details><summary>${title}</summary>`, ...blocks, "</details>"] : [];

const phrase = (words: Phrase): string =>
  words.map((word) => (typeof word === "string" ? word : code(shortened(word.of, longestValue)))).join("");

const values = (texts: readonly string[]) =>
  texts.map((text) => code(shortened(text, longestValue))).join("<br>");

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join("\n");

/** Sentences of others, in lines that need no scrolling. */
const quoted = (text: string): string =>
  codeBlock(inert(shortened(text, longestText), { lines: true }).split("\n").flatMap(folded), "text");

function folded(line: string): string[] {
  return line.match(/.{1,110}(?:\s|$)|\S{111,}/g)?.map((part) => part.trimEnd()) ?? [""];
}

/** Cut between characters, not within one that takes two units. */
function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : text;
}
