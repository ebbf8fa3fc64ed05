import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Wanted texts of generated files, by path. */
type Files = Readonly<Record<string, string>>;

/**
 * Writes generated files. With `--check` among the arguments of the command, it only compares them, and fails if one
 * differs.
 *
 * @param command Command that writes the files, for the message.
 */
export function renew(files: Files, command: string): void {
  const old = Object.entries(files).filter(([path, text]) => readIfThere(path) !== text);
  if (!process.argv.includes("--check")) {
    for (const [path, text] of old) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return;
  }
  for (const [path] of old) console.error(`${path} is out of date. Run ${command}, and commit the change.`);
  if (old.length > 0) process.exitCode = 1;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
