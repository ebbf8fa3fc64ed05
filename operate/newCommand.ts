import { Command } from "commander";
import { exitCodes } from "./exitCodes";

/** Help of one of the commands. */
export interface CommandHelp {
  readonly name: string;
  readonly description: string;
  /** Paragraphs below the options, each without a line break at its end. */
  readonly notes?: readonly string[];
  /** Command lines without `audit-trails`. */
  readonly examples: readonly string[];
  /** Meaning of each exit code, except {@link exitCodes.software}, which all commands share. */
  readonly endings: Readonly<Record<number, string>>;
}

/** Creates a command whose help ends with examples and exit codes. */
export const newCommand = ({ name, description, notes = [], examples, endings }: CommandHelp): Command =>
  new Command(name)
    .description(description)
    .addHelpText(
      "after",
      [
        "",
        ...notes.flatMap((note) => [note, ""]),
        "Examples:",
        ...examples.map((line) => `  audit-trails ${line}`),
        "",
        "Exit codes:",
        ...Object.entries({ ...endings, [exitCodes.software]: "defect of this program" }).map(
          ([code, meaning]) => `  ${code.padEnd(3)} ${meaning}`,
        ),
      ].join("\n"),
    );

/** Collects the values of an option that may be repeated. */
export const repeated = (value: string, others: readonly string[] = []): readonly string[] => [
  ...others,
  value,
];

/** Prints a result for programs on standard output. */
export const printJson = (result: unknown): void => {
  process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
};
