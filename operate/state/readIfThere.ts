import { readFileSync } from "node:fs";

/** Reads and parses a file; undefined if it is missing or cannot be parsed. */
export function readIfThere(path: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
