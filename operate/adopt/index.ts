import { Command } from "commander";
import { isAgreed } from "../state/agreement";
import { type AdoptOptions, adopt } from "./adopt";

interface CommandOptions extends AdoptOptions {
  readonly yes?: boolean;
  readonly json?: boolean;
}

const endings = `
It writes nothing to the cloud: a configuration, and a state. What was made by another tool has to be forgotten by that tool.
Ends with 0 if pulumi up would change nothing, 1 if it would change something or nobody agreed, 2 if it cannot tell, 3 on wrong
options or if the set-up cannot be taken over.`;

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `audit-trails adopt`. */
export const adoptCommand = (): Command =>
  new Command("adopt")
    .description(
      "Takes trails that were clicked together or made by another tool into a stack of the Pulumi project in the current folder: " +
        "finds their bucket, key, service account and roles, writes the stack's configuration, takes all of it into the state, and says " +
        "what pulumi up would change and what is weaker than the defaults. The state is kept before each change.",
    )
    .requiredOption("--stack <name>", "name of the stack; it is made if it is not there")
    .requiredOption("--trail <id>", "id of a trail; several times for trails of one stack", collected)
    .option("--yes", "do what was found without asking")
    .option(
      "--engine-ended",
      "says that the engine which locked the stack has ended, where that cannot be seen from here",
    )
    .option("--backup <folder>", "folder for the states before each change", ".audit-trails-adopt")
    .option("--config-file <file>", "file of the stack's configuration, as pulumi takes it")
    .option("--json", "tell the result as JSON")
    .addHelpText("after", endings)
    .action(async (options: CommandOptions) => {
      const tell = (line: string) => (options.json ? process.stderr : process.stdout).write(`${line}\n`);
      const result = await adopt(options, { tell, agree: async () => options.yes || (await isAgreed()) });
      if (options.json) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
      else if (result.backup) tell(`The state before each change is in ${result.backup}.`);
      process.exitCode = result.exitCode;
    });
