import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { printJson } from "../newCommand";
import type { Dialogue, EditorOptions } from "./stackEditor";

interface Result {
  readonly exitCode: number;
  readonly backup?: string;
}

/**
 * Adds the common options and the action to a command that changes a stack's state.
 *
 * @param backup Default folder for the saved states.
 */
export const withStateOptions = <Options extends EditorOptions>(
  command: Command,
  backup: string,
  run: (options: Options, dialogue: Dialogue) => Promise<Result>,
): Command =>
  command
    .option("--yes", "do all steps without asking")
    .option(
      "--engine-ended",
      "confirm that the engine which locked the stack has ended, if this machine cannot check it",
    )
    .option("--backup <folder>", "folder for the saved states", backup)
    .option("--config-file <file>", "file of the stack's configuration, as for pulumi")
    .option("--json", "print the result as JSON")
    .action(async (options: Options & { readonly yes?: boolean; readonly json?: boolean }) => {
      const print = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
      const result = await run(options, { print, agree: async () => options.yes || (await isAgreed()) });
      if (options.json) printJson(result);
      else if (result.backup) print(`The state before each change is in ${result.backup}.`);
      process.exitCode = result.exitCode;
    });

/** Asks the user at the terminal. Without a terminal the answer is no. */
async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await dialogue.question("Do this? (y/N) ")).trim());
  } finally {
    dialogue.close();
  }
}
