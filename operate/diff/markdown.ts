import { wayOn } from "../../components/protectedParts";
import { code, codeBlock, inert } from "../inert";
import { markerOf } from "./marker";
import type { RawDiff } from "./rawDiff";
import type { Report } from "./report";
import type { Comparison, Loss, Row } from "./row";
import { type Verdict, verdicts } from "./verdict";
import { aboutOf, explanation, grouped, headline, lossOf, meaningOf, type Phrase, refusalOf } from "./words";

/** Longest comment that GitHub accepts, in characters. */
const longestComment = 65_536;

/** Longest value in a table, in characters. */
const longestValue = 300;
const longestText = 2_000;

/** Longest value in a line of a shortened report, in characters. */
const shortValue = 80;

/**
 * Formats a report as a comment. Text from outside becomes code, in which mentions, links and HTML do nothing. If the report is
 * too long, the raw diff is cut first. If that is not enough, each change becomes one line, harmful ones first.
 */
export function markdownOf(report: Report, limit = longestComment): string {
  const fits = (room: number) => render(report, room).length <= limit;
  const whole = report.rawDiff.length;
  if (fits(whole)) return render(report, whole);
  if (!fits(0)) return briefly(report, limit);
  let [most, tooMany] = [0, whole];
  while (tooMany - most > 1) {
    const middle = Math.floor((most + tooMany) / 2);
    [most, tooMany] = fits(middle) ? [middle, tooMany] : [most, middle];
  }
  return render(report, most);
}

/** Returns the blocks that every report begins with. @param applies Verdicts whose lines are all in the report. */
const opening = (report: Report, applies = report.applies): string[] => [
  `${markerOf({ ...report, applies })}\n### Audit logs${report.stack ? ` of stack ${code(report.stack)}` : ""}: ${headline(report)}`,
  ...[explanation(report) ?? []].flat(),
];

/** One line of a shortened report. */
interface Line {
  readonly text: string;
  readonly verdict?: Verdict;
}

/** Formats a report as single lines, as many as fit. Its marker names only harm whose lines are all included. */
function briefly(report: Report, limit: number): string {
  const lines = linesOf(report);
  const write = (count: number): string => {
    const unseen = new Set(lines.slice(count).map(({ verdict }) => verdict));
    const applies = report.applies.filter((verdict) => !verdicts[verdict].isHarm || !unseen.has(verdict));
    const left = lines.length - count;
    const hidesHarm = applies.length < report.applies.length;
    const blocks = [
      ...opening(report, applies),
      ...(count > 0 ? [list(lines.slice(0, count).map(({ text }) => text))] : []),
      ...(left > 0
        ? [
            `${left} more lines are left out: run audit-trails diff.${hidesHarm ? " Some of them do harm that does not count as reviewed." : ""}`,
          ]
        : []),
      ...(count > 0 && report.commit ? [`Commit ${code(report.commit)}`] : []),
    ];
    return `${blocks.join("\n\n")}\n`;
  };
  // The marker grows with the verdicts in it. So this starts with all lines, and drops lines until the report fits.
  for (let count = lines.length; count > 0; count--) {
    const text = write(count);
    if (text.length <= limit) return text;
    count -= Math.max(0, Math.floor((text.length - limit) / longestLine) - 1);
  }
  return write(0);
}

/** Longest line of a shortened report, in characters. */
const longestLine = 2_000;

const order = Object.keys(verdicts) as readonly Verdict[];

/** Returns the whole report as lines, worst first. Lines without a verdict come last. */
function linesOf(report: Report): Line[] {
  const { obstacles, refusals, rows, losses, drift, warnings, troubles } = report;
  const short = (text: string) => code(shortened(text, shortValue));
  const brief = (texts: readonly string[]) =>
    texts.length === 0
      ? []
      : [`${short(texts[0] ?? "")}${texts.length > 1 ? ` and ${texts.length - 1} more` : ""}`];
  const rowLine = (row: Row, where = ""): Line => ({
    text: `${where}${meaningOf(row)} ${phrase(aboutOf({ ...row, subjects: row.subjects.slice(0, 1) }), shortValue)}${
      row.subjects.length > 1 ? ` and ${row.subjects.length - 1} more` : ""
    }: ${[...brief(row.before), ...brief(row.after)].join(" to ")}`.trim(),
    verdict: row.effect,
  });
  const lossLine = (loss: Loss, where = ""): Line => ({
    text: `${where}${phrase(lossOf(loss), shortValue)}`,
    verdict: loss.effect,
  });
  const inCloud = "Changed in the cloud by others: ";
  const weight = ({ verdict }: Line) => (verdict ? order.indexOf(verdict) : order.length);
  const changes: Line[] = [
    ...obstacles.map(
      ({ reason, detail }): Line => ({
        text: `${reason}${detail ? ` ${code(shortened(detail, longestValue))}` : ""}`,
        verdict: "unknown",
      }),
    ),
    ...refusals.map(
      (refusal): Line => ({ text: phrase(refusalOf(refusal), shortValue), verdict: "refused" }),
    ),
    ...losses.map((loss) => lossLine(loss)),
    ...rows.map((row) => rowLine(row)),
    ...(drift?.losses ?? []).map((loss) => lossLine(loss, inCloud)),
    ...(drift?.rows ?? []).map((row) => rowLine(row, inCloud)),
  ];
  return [
    ...changes.sort((one, other) => weight(one) - weight(other)),
    ...troubles.map((trouble): Line => ({ text: code(shortened(trouble, longestValue)) })),
    ...grouped(warnings).map(
      (warning): Line => ({
        text: `The program warns: ${code(shortened(warning, longestValue))}`,
      }),
    ),
  ];
}

/** @param room Number of resources of the raw diff that are shown. */
function render(report: Report, room: number): string {
  const { obstacles, refusals, advice, rows, losses, drift, warnings, troubles, rawDiff, commit } = report;
  const blocks = [
    ...opening(report),
    ...obstacles.flatMap(({ reason, detail }) => [reason, ...(detail ? [quoted(detail)] : [])]),
    ...(refusals.length > 0
      ? [list(refusals.map((refusal) => phrase(refusalOf(refusal)))), ...advice.map(quoted), wayOn]
      : []),
    ...(troubles.length > 0 ? [list(troubles.map((trouble) => code(trouble)))] : []),
    ...table(rows),
    ...lossList("Removed or replaced", losses),
    ...driftBlocks(drift),
    ...folding("The program warns", grouped(warnings).map(quoted)),
    ...rawBlocks(rawDiff, room),
    ...(commit ? [`Commit ${code(commit)}`] : []),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function table(rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const lines = rows.map((row) => {
    const cells = [phrase(aboutOf(row)), values(row.before), values(row.after), meaningOf(row)];
    return `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  });
  return [["| what changes | before | after | meaning |", "|---|---|---|---|", ...lines].join("\n")];
}

const lossList = (title: string, losses: readonly Loss[]): string[] =>
  losses.length > 0 ? [`**${title}**`, list(losses.map((loss) => phrase(lossOf(loss))))] : [];

function driftBlocks(drift: Comparison | undefined): string[] {
  if (!drift || drift.rows.length + drift.losses.length === 0) return [];
  return [
    "**Changes that others made in the cloud since the last update**",
    ...table(drift.rows),
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

const phrase = (words: Phrase, longest = longestValue): string =>
  words.map((word) => (typeof word === "string" ? word : code(shortened(word.of, longest)))).join("");

const values = (texts: readonly string[]) =>
  texts.map((text) => code(shortened(text, longestValue))).join("<br>");

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join("\n");

/** Formats text from outside as a block of code, in lines that need no scrolling. */
const quoted = (text: string): string =>
  codeBlock(inert(shortened(text, longestText), { lines: true }).split("\n").flatMap(folded), "text");

function folded(line: string): string[] {
  return line.match(/.{1,110}(?:\s|$)|\S{111,}/g)?.map((part) => part.trimEnd()) ?? [""];
}

/** Shortens a text without splitting a surrogate pair. */
function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : text;
}
