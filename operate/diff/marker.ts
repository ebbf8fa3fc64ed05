import { isVerdict, type Verdict, verdicts } from "./verdict";

/** Fields of the first line of a Markdown report, for programs. */
export interface Marker {
  readonly stack?: string;
  readonly commit?: string;
  readonly verdict: Verdict;
  readonly applies: readonly Verdict[];
}

const word = (text: string) => text.replace(/[^\w.-]/g, "_").replace(/--+/g, "-");

/** Returns the first line of a Markdown report. Later runs find the comment by it. */
export function markerOf({ stack, commit, verdict, applies }: Marker): string {
  const fields = {
    stack: stack && word(stack),
    commit: commit && word(commit),
    verdict,
    applies: applies.join(","),
  };
  const given = Object.entries(fields).filter(([, value]) => value);
  return `<!-- audit-trails diff ${given.map(([name, value]) => `${name}=${value}`).join(" ")} -->`;
}

/** Reads the harmful verdicts in the first line of a report. Returns none if the report is not about that stack. */
export function reviewedIn(markdown: string, stack: string | undefined): Verdict[] {
  const [, fields = ""] = /^<!-- audit-trails diff (.*) -->\r?$/m.exec(markdown.split("\n")[0] ?? "") ?? [];
  const values = new Map(fields.split(" ").map((field) => field.split("=", 2) as [string, string]));
  if (stack === undefined || values.get("stack") !== word(stack)) return [];
  const applies = values.get("applies")?.split(",") ?? [];
  return applies.filter(isVerdict).filter((verdict) => verdicts[verdict].isHarm);
}
