import type { Command } from "commander";
import { newCommand, repeated } from "../newCommand";
import { withStateOptions } from "../state/command";
import { adopt } from "./adopt";

/** `audit-trails adopt`. */
export const adoptCommand = (): Command =>
  withStateOptions(
    newCommand({
      name: "adopt",
      description:
        "Adopts trails that were created by hand or by another tool. Run it in the folder of the Pulumi project. It finds their bucket, " +
        "key, service account and roles, writes the stack's configuration, and imports all of them into the state. Then it reports " +
        "what pulumi up would change and what is weaker than the defaults. Before each change it saves the state.",
      notes: [
        "It writes a configuration and a state, and changes nothing in the cloud. If another tool created the set-up, remove it from that tool.",
      ],
      examples: ["adopt --stack prod --trail cnpukclhraht0q09k838"],
      endings: {
        0: "pulumi up would change nothing",
        1: "pulumi up would change something, or you cancelled",
        2: "unknown",
        3: "usage error, or the set-up cannot be adopted",
      },
    })
      .requiredOption("--stack <name>", "name of the stack; adopt creates it if it is missing")
      .requiredOption("--trail <id>", "id of a trail; may be repeated", repeated)
      .option(
        "--from <project/stack>",
        "stack that managed the set-up before; adopt accepts its labels, tags and descriptions",
      ),
    ".audit-trails-adopt",
    adopt,
  );
