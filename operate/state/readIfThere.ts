import { readFileSync } from "node:fs";

/** What a file says; nothing if it is not there, or not of that form. */
export function readIfThere(path: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
