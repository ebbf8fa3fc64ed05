import type { Command } from "commander";
import { newCommand, repeated } from "../newCommand";
import { withStateOptions } from "../state/command";
import { recover } from "./recover";

/** `audit-trails recover`. */
export const recoverCommand = (): Command =>
  withStateOptions(
    newCommand({
      name: "recover",
      description:
        "Recovers a stack after a killed or failed update or destroy. Run it in the folder of the Pulumi project. It repairs state " +
        "files, releases the lock, finds resources that are in the cloud but not in the state, and imports them. Then it reports " +
        "what pulumi up still has to create. Before each change it saves the state.",
      notes: [
        "It deletes nothing in the cloud, except keys with --delete-surplus-keys. It lists what an interrupted update left over.",
      ],
      examples: ["recover --stack prod"],
      endings: {
        0: "stack recovered; pulumi up may still have to create something",
        1: "something is left to decide, or you cancelled",
        2: "unknown, or an engine may still run",
        3: "usage error",
      },
    })
      .requiredOption("--stack <name>", "name of the stack")
      .option(
        "--delete-surplus-keys",
        "delete KMS keys that an interrupted update left over, unless data may be encrypted with them",
      )
      .option(
        "--recreate-state",
        "if the state is lost: create an empty stack, and import its resources from the cloud",
      )
      .option("--restore-copy", "restore a copy of the state with resources that the state lost")
      .option(
        "--take <id>",
        "import the resource with this id. recover prints the id if it cannot prove that the resource belongs to the stack; may be repeated",
        repeated,
      ),
    ".audit-trails-recover",
    recover,
  );
