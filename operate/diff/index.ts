import { type Command, Option } from "commander";
import { newCommand, repeated } from "../newCommand";
import { commitId, type DiffOptions, diff, formats, verdictsIn } from "./command";
import { verdicts } from "./verdict";

const verdictLines = Object.entries(verdicts).map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`);

/** `audit-trails diff`. */
export const diffCommand = (): Command =>
  newCommand({
    name: "diff",
    description:
      "Reports what a change of a stack means for its audit logs. It reads pulumi's preview, and the state before the change. " +
      "If you give no files, it runs pulumi in the current folder: name the stack with --stack. It changes nothing.",
    notes: [["Verdicts, worst first:", ...verdictLines].join("\n")],
    examples: [
      "diff --stack prod --fail-on stop,unreadable,narrower",
      "diff --preview preview.json --state state.json --format markdown",
    ],
    endings: {
      0: "report printed",
      1: "--fail-on or --reviewed matched",
      2: "unknown",
      3: "usage error",
    },
  })
    .option(
      "--preview <file>",
      "output of pulumi preview --json, also if the preview failed; - for standard input",
    )
    .option("--state <file>", "output of pulumi stack export before the change")
    .option("--stack <name>", "name of the stack")
    .addOption(new Option("--format <format>", "format of the report").choices(formats).default("text"))
    .option("--json", "the same as --format json")
    .option("--commit <id>", "commit of the preview, printed in the report", commitId)
    .option("--fail-on <verdicts>", "exit with 1 on any of these verdicts, separated by commas", verdictsIn)
    .option(
      "--reviewed <file>",
      "Markdown report of an earlier run. If the change does harm that no given report names, exit with 1; may be repeated",
      repeated,
    )
    .action(async (options: DiffOptions) => {
      const { output, complaint, exitCode } = await diff(options);
      process.stdout.write(output);
      if (complaint) process.stderr.write(`${complaint}\n`);
      process.exitCode = exitCode;
    });
