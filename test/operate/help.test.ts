import { adoptCommand } from "../../operate/adopt";
import { diffCommand } from "../../operate/diff";
import { preflightCommand } from "../../operate/preflight";
import { recoverCommand } from "../../operate/recover";
import { searchCommand } from "../../operate/search";
import { verifyCommand } from "../../operate/verify";

/** Exit codes of every command. */
const common = [0, 1, 2, 3, 70];

describe.each([
  ...[adoptCommand, diffCommand, preflightCommand, recoverCommand, verifyCommand].map((make) => ({
    command: make(),
    codes: common,
  })),
  { command: searchCommand(), codes: [...common, 130] },
])("the help of $command._name", ({ command, codes }) => {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();

  test("has examples of this command, with options that it takes", () => {
    const examples = help.match(/(?<=^ {2}audit-trails ).*/gm) ?? [];
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const [name, ...words] = example.split(" ");
      expect(name).toBe(command.name());
      const taken = command.options.map(({ long }) => long);
      for (const flag of words.filter((word) => word.startsWith("--"))) expect(taken).toContain(flag);
    }
  });

  test("says what each exit code means", () => {
    const [, endings = ""] = help.split("Exit codes:\n");
    expect(endings.match(/^ {2}\d+/gm)?.map(Number)).toEqual(codes);
  });
});
