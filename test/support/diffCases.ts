import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError, type CliStack, type CliStackOptions } from "../../local/cli";
import { markdownOf } from "../../operate/diff/markdown";
import { type Report, reportOn } from "../../operate/diff/report";
import type { LocalStack } from "./localStack";

const kept = join(__dirname, "..", "..", "docs", "diff");

/** What the CLI prints of a change: the preview, also of one that fails, and the state before. */
export async function previewOf(
  local: LocalStack,
  config: Readonly<Record<string, unknown>>,
  args: readonly string[] = [],
  others: Partial<CliStackOptions> = {},
): Promise<{ preview: string; state: string }> {
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

/**
 * The report on a change, whose text is compared with the one that is kept in docs/diff.
 * `RENEW=1 npx jest <test file>` keeps it anew.
 */
export function reportKeptAs(name: string, printed: { preview: string; state: string }): Report {
  const report = reportOn(printed);
  const file = join(kept, `${name}.md`);
  const text = markdownOf(report);
  if (process.env.RENEW) writeFileSync(file, text);
  expect(text).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
  return report;
}
