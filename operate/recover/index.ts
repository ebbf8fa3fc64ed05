import { Command } from "commander";
import { withStateOptions } from "../state/command";
import { recover } from "./recover";

const endings = `
It deletes nothing in the cloud, but for keys with --delete-surplus-keys. What an interrupted update left over is named.
Ends with 0 if the stack is recovered, also where pulumi up has still to make something, 1 if something is left to decide or was
not agreed to, 2 if that is unknown or an engine may still run, 3 on wrong options.`;

/** `audit-trails recover`. */
export const recoverCommand = (): Command =>
  withStateOptions(
    new Command("recover")
      .description(
        "Brings a stack back after an update or a destroy that was killed or failed, for the Pulumi project in the current folder: " +
          "repairs state files, releases the lock, finds in the cloud what was made and is not in the state, takes it into the state, " +
          "and says what pulumi up has still to make. The state is kept before each change.",
      )
      .requiredOption("--stack <name>", "name of the stack")
      .option(
        "--delete-surplus-keys",
        "delete KMS keys that an interrupted update left over, where nothing is found that is encrypted with them",
      )
      .option(
        "--begin-anew",
        "make an empty stack where its state is lost, and take what the cloud has of it into its state",
      )
      .option("--restore-copy", "restore a copy of the state that has resources which the state lost")
      .option(
        "--take <id>",
        "take this into the state though it is not provably the stack's, by the id that recover prints; several times",
        (id: string, others: readonly string[] = []) => [...others, id],
      )
      .addHelpText("after", endings),
    ".audit-trails-recover",
    recover,
  );
