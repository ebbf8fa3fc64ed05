import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { markdownOf } from "../../operate/diff/markdown";
import { type Report, reportOn } from "../../operate/diff/report";
import { CliError, type CliStack, type CliStackOptions } from "../../tools/local/cliStack";
import type { LocalStack } from "./localStack";

/** A preview, and the state that it begins from, as the CLI prints them. */
export interface Printed {
  readonly preview: string;
  readonly state: string;
}

const reports = join(__dirname, "..", "..", "docs", "diff");
const previews = join(__dirname, "..", "data", "previews");

/** Output of the CLI for a change: the preview, also of one that fails, and the state before. */
export async function previewOf(
  local: LocalStack,
  config: Readonly<Record<string, unknown>>,
  args: readonly string[] = [],
  others: Partial<CliStackOptions> = {},
): Promise<Printed> {
  const stack = await local.open(config, others);
  return { state: exported(stack), preview: withoutRequestIds(await previewJson(stack, args)) };
}

/** The service gives each request another id. */
const withoutRequestIds = (text: string) => text.replace(/(-id = )[-0-9a-f]{36}/g, "$1<id>");

/** A state as `pulumi stack export` prints it. */
const exported = (stack: CliStack) => JSON.stringify({ version: 3, deployment: stack.state() });

async function previewJson(stack: CliStack, args: readonly string[]): Promise<string> {
  try {
    return (await stack.preview({ args: ["--json", ...args] })).output;
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
}

/** The report on a change, whose text has to be the one that docs/diff has under this name. */
export function expectReport(name: string, printed: Printed): Report {
  const report = reportOn(printed);
  const file = join(reports, `${name}.md`);
  expect(markdownOf(report)).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
  return report;
}

/**
 * As {@link expectReport}, of a preview that was just made. `RENEW=1 npx jest test/engine/diff.long` renews the kept preview and its text.
 *
 * @param of Name of the stack, whose state is kept once for all of its changes.
 */
export function expectRenewed(name: string, of: string, printed: Printed): Report {
  if (process.env.RENEW) {
    mkdirSync(previews, { recursive: true });
    writeFileSync(join(previews, `of-${of}.state.json`), kept(printed.state));
    writeFileSync(join(previews, `${name}.json`), kept(printed.preview, { of }));
    writeFileSync(join(reports, `${name}.md`), markdownOf(reportOn(printed)));
  }
  return expectReport(name, printed);
}

/** Names of the changes whose previews are kept. */
export const keptNames: readonly string[] = readdirSync(previews).flatMap(
  (name) => /^([\w-]+)\.json$/.exec(name)?.[1] ?? [],
);

/** A real preview that was kept. */
export function keptPreview(name: string): Printed {
  const read = (file: string) => readFileSync(join(previews, `${file}.json`), "utf8");
  const preview = read(name);
  return { preview, state: read(`of-${JSON.parse(preview).of}.state`) };
}

/** Places in the program, times, and the configuration: long, and nothing to a report. */
const passing: ReadonlySet<string> = new Set([
  ...["stackTrace", "sourcePosition", "created", "modified", "duration", "config"],
]);

/** Returns the output of the CLI, without values that differ between runs. */
function kept(printed: string, more: object = {}): string {
  const json = JSON.parse(printed.slice(printed.search(/^\{/m)));
  const text = JSON.stringify(
    { ...more, ...json },
    (key, value) => (passing.has(key) ? undefined : value),
    1,
  );
  return `${text}\n`;
}
