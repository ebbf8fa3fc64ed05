import { Command } from "commander";
import { withStateOptions } from "../state/command";
import { adopt } from "./adopt";

const endings = `
It writes nothing to the cloud: a configuration, and a state. What was made by another tool has to be forgotten by that tool.
Ends with 0 if pulumi up would change nothing, 1 if it would change something or was cancelled, 2 if that is unknown, 3 on wrong
options or if the set-up cannot be taken over.`;

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `audit-trails adopt`. */
export const adoptCommand = (): Command =>
  withStateOptions(
    new Command("adopt")
      .description(
        "Takes trails that were clicked together or made by another tool into a stack of the Pulumi project in the current folder: " +
          "finds their bucket, key, service account and roles, writes the stack's configuration, takes all of it into the state, and says " +
          "what pulumi up would change and what is weaker than the defaults. The state is kept before each change.",
      )
      .requiredOption("--stack <name>", "name of the stack; it is made if it is not there")
      .requiredOption("--trail <id>", "id of a trail; several times for trails of one stack", collected)
      .option(
        "--from <project/stack>",
        "stack whose marks the set-up has, and which does not manage it any more",
      )
      .addHelpText("after", endings),
    ".audit-trails-adopt",
    adopt,
  );
