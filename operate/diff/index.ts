import { Command, Option } from "commander";
import { commitId, type DiffOptions, diff, formats, verdictsIn } from "./command";
import { verdicts } from "./verdict";

const verdictLines = Object.entries(verdicts).map(([name, { title }]) => `  ${name.padEnd(10)} ${title}`);
const endings = "Exit codes: 0 report printed, 1 --fail-on or --reviewed matched, 2 unknown, 3 usage error.";

/** `audit-trails diff`. */
export const diffCommand = (): Command =>
  new Command("diff")
    .description(
      "Tells what a change of a stack means for its audit logs. It reads pulumi's own preview and the state before it; what of the " +
        "two is not given is had by running pulumi for --stack in the current folder. It changes nothing.",
    )
    .option(
      "--preview <file>",
      "output of pulumi preview --json, also of one that failed; - for standard input",
    )
    .option("--state <file>", "output of pulumi stack export before the change")
    .option("--stack <name>", "name of the stack")
    .addOption(new Option("--format <format>", "form of the report").choices(formats).default("text"))
    .option("--json", "the same as --format json")
    .option("--commit <id>", "commit that the preview is of, for the report", commitId)
    .option("--fail-on <verdicts>", "verdicts that end with 1, with commas between", verdictsIn)
    .option(
      "--reviewed <file>",
      "Markdown of an earlier run: ends with 1 if this change does harm that is not named there; several count together",
      (file: string, others: readonly string[] = []) => [...others, file],
    )
    .addHelpText("after", ["", "Verdicts, the worst first:", ...verdictLines, "", endings].join("\n"))
    .action(async (options: DiffOptions) => {
      const { output, complaint, exitCode } = await diff(options);
      process.stdout.write(output);
      if (complaint) process.stderr.write(`${complaint}\n`);
      process.exitCode = exitCode;
    });
