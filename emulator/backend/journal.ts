import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Kind of the state files. */
export const format = "yandex-cloud-emulator";
/** Newest version of state files that this local cloud reads. */
export const version = 1;

/** A problem of a state file that people can solve. The message names the file and the solution. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

/** A change of a row: the new row, or null for a deleted one. */
export type Change = readonly [table: string, id: string, row: unknown];

/** Returns the error for a file that cannot be written, with the solution. */
export function unwritable(file: string, error: unknown): StateFileError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === "ENOSPC" ? "the disk is full" : (code ?? message);
  return new StateFileError(
    `${file} cannot be written: ${why}. Repair that, or name another file. Then start the local cloud again.`,
  );
}

/**
 * Reads the changes in a journal; none if the file does not exist.
 *
 * @throws {StateFileError} if it cannot be read, is broken, of another kind or of a newer version.
 */
export function readJournal(file: string): Change[] {
  let text: string;
  try {
    mkdirSync(dirname(file), { recursive: true });
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new StateFileError(`${file} cannot be read: ${code}. Name another file.`);
  }
  // Text after the last line break is an incomplete line.
  const [header, ...lines] = text.split("\n").slice(0, -1);
  requireReadable(file, parsed(header) as { format?: string; version?: number } | undefined);
  return lines.flatMap((line, index) => {
    const changes = parsed(line);
    if (areChanges(changes)) return changes;
    throw new StateFileError(
      `${file} is broken in line ${index + 2}. It was not changed. Restore a copy of it, or name another file.`,
    );
  });
}

const areChanges = (value: unknown): value is Change[] =>
  Array.isArray(value) &&
  value.every((change) => Array.isArray(change) && change.length === 3 && typeof change[0] === "string");

/** Checks the kind and the version of a state. @throws {StateFileError} */
export function requireReadable(
  name: string,
  header: { format?: string; version?: number } | undefined,
): void {
  if (header?.format !== format)
    throw new StateFileError(`${name} is not a state file of the local cloud. Name another file.`);
  if (Number(header.version) > version)
    throw new StateFileError(
      `${name} has version ${header.version}; this local cloud reads up to version ${version}. Update it, or name another file.`,
    );
}

/** Parses JSON. @returns undefined for text that is not JSON. */
function parsed(line = ""): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
