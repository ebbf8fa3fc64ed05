import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { failureText, isCloudFailure } from "../api/failures";
import { adoptCommand } from "./adopt";
import { diffCommand } from "./diff";
import { UnreadableError } from "./engine/json";
import { exitCodes, UsageError } from "./exitCodes";
import { inert } from "./inert";
import { preflightCommand } from "./preflight";
import { recoverCommand } from "./recover";
import { searchCommand } from "./search";
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
 * Runs one of the commands, and sets the process's exit code. A failure of the cloud that no command expected leaves the answer
 * unknown. What is neither that nor a fault of the call is a defect of this program: it says nothing about the cloud.
 *
 * @param args Those of the process, without Node and the script.
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
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.told : exitCodes.usage;
  if (error instanceof UsageError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.usage;
  }
  if (error instanceof UnreadableError) {
    process.stderr.write(`${inert(error.message, { lines: true })}\n`);
    return exitCodes.unknown;
  }
  if (isCloudFailure(error)) {
    process.stderr.write(`The cloud does not answer as expected: ${inert(failureText(error))}\n`);
    return exitCodes.unknown;
  }
  return reportDefect(error);
}

/** Keeps the stack of a defect in a file, and names it. @returns the exit code. */
export function reportDefect(error: unknown): number {
  const { stack } = (error ?? {}) as Partial<Error>;
  const text = `${new Date().toISOString()}, Node ${process.version}\n${stack ?? String(error)}\n`;
  process.stderr.write(
    `audit-trails failed by a defect of its own: ${inert(String((error as Partial<Error>)?.message ?? error))}\n` +
      `Its output is not complete, and says nothing about the cloud. The stack is in ${kept(text)}: add it when you report the defect.\n`,
  );
  return exitCodes.software;
}

/** @returns the file's name, or what else there is of it. */
function kept(text: string): string {
  try {
    const file = join(mkdtempSync(join(tmpdir(), "audit-trails-defect-")), "stack.txt");
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  } catch {
    return `no file, since none can be written:\n${text}`;
  }
}
