import { Command } from "commander";
import { isAgreed } from "../state/agreement";
import { type RecoverOptions, recover } from "./recover";

interface CommandOptions extends RecoverOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

const endings = `
It deletes nothing in the cloud, but for keys with --delete-surplus-keys. What an interrupted update left over is named.
Ends with 0 if the stack is recovered, also where pulumi up has still to make something, 1 if something is left to decide or was
not agreed to, 2 if it cannot tell or an engine may still run, 3 on wrong options.`;

/** `audit-trails recover`. */
export const recoverCommand = (): Command =>
  new Command("recover")
    .description(
      "Brings a stack back after an update or a destroy that was killed or failed, for the Pulumi project in the current folder: " +
        "repairs state files, releases the lock, finds in the cloud what was made and is not in the state, takes it into the state, " +
        "and says what pulumi up has still to make. The state is kept before each change.",
    )
    .requiredOption("--stack <name>", "name of the stack")
    .option("--yes", "do what is found to be needed without asking")
    .option(
      "--engine-ended",
      "says that the engine which locked the stack has ended, where that cannot be seen from here",
    )
    .option(
      "--delete-surplus-keys",
      "delete KMS keys that an interrupted update left over, where nothing is found that is encrypted with them",
    )
    .option(
      "--begin-anew",
      "make an empty stack where its state is lost, and take what the cloud has of it into its state",
    )
    .option("--backup <folder>", "folder for the states before each change", ".audit-trails-recover")
    .option("--config-file <file>", "file of the stack's configuration, as pulumi takes it")
    .option("--json", "tell the result as JSON")
    .addHelpText("after", endings)
    .action(async (options: CommandOptions) => {
      const tell = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
      const result = await recover(options, { tell, agree: async () => options.yes || (await isAgreed()) });
      if (options.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
      else if (result.backup) tell(`The state before each change is in ${result.backup}.`);
      process.exitCode = result.exitCode;
    });
