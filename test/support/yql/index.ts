import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Beside node_modules of the long lane's other engine, so that it is ignored in the same way. */
const environment = join(__dirname, "node_modules", ".venv");
const python = join(environment, "bin", "python");

/** Parses YQL. The first use installs the parser. @returns for each statement what is wrong with it; null if nothing is. */
export function faultsOfYql(statements: readonly string[]): (string | null)[] {
  if (!existsSync(join(environment, "installed"))) {
    execFileSync("python3", ["-m", "venv", environment]);
    execFileSync(python, ["-m", "pip", "install", "--quiet", "-r", join(__dirname, "requirements.txt")]);
    execFileSync("touch", [join(environment, "installed")]);
  }
  const printed = execFileSync(python, [join(__dirname, "parse.py")], {
    input: JSON.stringify(statements),
    encoding: "utf8",
  });
  return JSON.parse(printed);
}
