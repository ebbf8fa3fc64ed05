import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { failureText, isCloudFailure } from "../api/failures";
import { adoptCommand } from "./adopt";
import { diffCommand } from "./diff";
import { exitCodes, UsageError } from "./exitCodes";
import { inert } from "./inert";
import { preflightCommand } from "./preflight";
import { recoverCommand } from "./recover";
import { searchCommand } from "./search";
import { UnreadableError } from "./stack/engineJson";
import { verifyCommand } from "./verify";

const allCommands = [
  adoptCommand,
  diffCommand,
  preflightCommand,
  recoverCommand,
  searchCommand,
  verifyCommand,
];

/**
 * Runs one of the commands, and sets the process's exit code. If the cloud fails unexpectedly, the exit code is `unknown`.
 * Wrong use has an exit code too. Every other error is a defect of this program, and says nothing about the cloud.
 *
 * @param args Arguments of the process, without Node and the script.
 */
export async function run(
  args: readonly string[],
  commands: readonly (() => Command)[] = allCommands,
): Promise<void> {
  const program = new Command("audit-trails")
    .description("Commands for stacks that deliver the audit logs of a Yandex Cloud organization.")
    .exitOverride()
    .showHelpAfterError("(--help lists the options)");
  for (const command of commands) program.addCommand(command().copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    process.exitCode = endingOf(error);
  }
}

function endingOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof UnreadableError) {
    process.stderr.write(`${inert(error.message, { lines: true })}\n`);
    return exitCodes.unknown;
  }
  if (isCloudFailure(error)) {
    process.stderr.write(`Reading the cloud failed: ${inert(failureText(error))}\n`);
    return exitCodes.unknown;
  }
  return reportDefect(error);
}

/** Writes the stack trace of a defect to a file, and prints the file's name. @returns the exit code. */
export function reportDefect(error: unknown): number {
  const { stack } = (error ?? {}) as Partial<Error>;
  const text = `${new Date().toISOString()}, Node ${process.version}\n${stack ?? String(error)}\n`;
  process.stderr.write(
    `audit-trails has a defect: ${inert(String((error as Partial<Error>)?.message ?? error))}\n` +
      `Its output is incomplete, and says nothing about the cloud. Report the defect, with the stack trace in ${kept(text)}.\n`,
  );
  return exitCodes.software;
}

/** Writes the text to a new file. @returns the file's name, or the text itself if no file can be written. */
function kept(text: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), "audit-trails-defect-")), "stack.txt");
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  } catch {
    return `this message, because no file can be written:\n${text}`;
  }
}
