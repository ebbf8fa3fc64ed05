import { Command, CommanderError } from "commander";
import { adoptCommand } from "./adopt";
import { diffCommand } from "./diff";
import { exitCodes, UsageError } from "./exitCodes";
import { preflightCommand } from "./preflight";
import { recoverCommand } from "./recover";
import { verifyCommand } from "./verify";

const commands = [adoptCommand, diffCommand, preflightCommand, recoverCommand, verifyCommand];

/** Runs `audit-trails` with these arguments. It prints what it finds, and sets the exit code of this process. */
export async function run(args: readonly string[]): Promise<void> {
  const program = new Command("audit-trails")
    .description("Commands for stacks that deliver the audit logs of a Yandex Cloud organization.")
    .exitOverride()
    .showHelpAfterError("(--help tells what there is)");
  for (const command of commands) program.addCommand(command().copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`${error.message}\n`);
    else if (!(error instanceof CommanderError)) throw error;
    else if (error.exitCode === 0) return;
    process.exitCode = exitCodes.usage;
  }
}
