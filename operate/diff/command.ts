import { readFileSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { runPulumi } from "../stack/runPulumi";
import { markdownOf } from "./markdown";
import { reviewedIn } from "./marker";
import { redacted } from "./redact";
import { type Report, reportOn, type Source, unknownReport } from "./report";
import { textOf } from "./text";
import { isVerdict, type Verdict, verdicts } from "./verdict";

export const formats = ["text", "markdown", "json"] as const;

export interface DiffOptions {
  readonly preview?: string;
  readonly state?: string;
  readonly stack?: string;
  readonly format: (typeof formats)[number];
  readonly json?: boolean;
  readonly commit?: string;
  readonly failOn?: readonly Verdict[];
  readonly reviewed?: readonly string[];
}

/** Output and exit code of the command. */
export interface DiffResult {
  readonly output: string;
  /** The option that made the exit code 1, and the verdicts that it matched. */
  readonly complaint?: string;
  readonly exitCode: number;
}

/**
 * Reports what a change means for the audit logs.
 *
 * @throws {UsageError} if an option is missing, or names a file that cannot be read.
 */
export async function diff(options: DiffOptions): Promise<DiffResult> {
  const report = redacted(await reportFor(options));
  const format = options.json ? "json" : options.format;
  const output = { text: textOf, markdown: markdownOf, json: jsonOf }[format](report);
  return { output, ...endOf(report, options) };
}

async function reportFor({ preview, state, stack, commit }: DiffOptions): Promise<Report> {
  if (preview === undefined && stack === undefined)
    throw new UsageError(
      "Give --preview with a file, or --stack with the name of a stack. See audit-trails diff --help.",
    );
  const of = ["--stack", stack ?? ""];
  const named = { stack, commit };
  const given = { ...named, state: state === undefined ? undefined : read(state) };
  if (preview !== undefined && (state !== undefined || stack === undefined))
    return reportOn({ ...given, preview: read(preview) });
  // The state comes first: it must be the one that the preview begins from.
  const exported =
    state === undefined ? await runPulumi("Reading the state", ["stack", "export", ...of]) : undefined;
  if (exported && !exported.succeeded)
    return unknownReport(named, [
      { reason: "`pulumi stack export` failed.", detail: exported.stderr.trim() },
    ]);
  const source: Omit<Source, "preview"> = exported ? { ...given, state: exported.stdout } : given;
  if (preview !== undefined) return reportOn({ ...source, preview: read(preview) });
  const { stdout, stderr, succeeded } = await runPulumi("Previewing the change", [
    ...["preview", "--json", ...of],
  ]);
  return reportOn({ ...source, preview: stdout, failure: succeeded ? undefined : stderr });
}

function read(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageError(`${inert(file)} cannot be read: ${(error as Error).message}`);
  }
}

function endOf(
  { stack, verdict, applies }: Report,
  { failOn = [], reviewed }: DiffOptions,
): Pick<DiffResult, "exitCode" | "complaint"> {
  if (verdict === "unknown") return { exitCode: exitCodes.unknown };
  const failing = failOn.filter((one) => applies.includes(one));
  if (failing.length > 0)
    return { exitCode: exitCodes.failedOn, complaint: `Failed on: ${titles(failing)} (--fail-on).` };
  if (!reviewed) return { exitCode: exitCodes.success };
  const seen = reviewed.flatMap((file) => reviewedIn(read(file), stack));
  const unseen = applies.filter((one) => verdicts[one].isHarm && !seen.includes(one));
  return unseen.length > 0
    ? {
        exitCode: exitCodes.failedOn,
        complaint: `Harm that was not reviewed: ${titles(unseen)} (--reviewed).`,
      }
    : { exitCode: exitCodes.success };
}

const titles = (some: readonly Verdict[]) => some.map((verdict) => verdicts[verdict].title).join("; ");

/** Returns the report as JSON, without absent fields. */
function jsonOf({ secrets: _, ...report }: Report): string {
  return `${JSON.stringify(report, undefined, 2)}\n`;
}

/** Reads a list of verdicts, separated by commas. @throws {InvalidArgumentError} for any other text. */
export function verdictsIn(list: string): Verdict[] {
  const names = list.split(",").map((name) => name.trim());
  const wrong = names.filter((name) => !isVerdict(name) || name === "unknown" || name === "unchanged");
  if (wrong.length > 0)
    throw new InvalidArgumentError(
      `${inert(wrong.join(", "))} is not allowed. Allowed: ${failable.join(", ")}.`,
    );
  return names.filter(isVerdict);
}

/** Verdicts that --fail-on takes. On `unknown` the command fails in any case. */
const failable = Object.keys(verdicts).filter((name) => name !== "unknown" && name !== "unchanged");

/** Checks the id of a commit, and returns it. @throws {InvalidArgumentError} for any other text. */
export function commitId(text: string): string {
  if (!/^[0-9a-f]{7,64}$/.test(text))
    throw new InvalidArgumentError("It must be the id of a commit, 7 to 64 digits of 0-9 and a-f.");
  return text;
}
