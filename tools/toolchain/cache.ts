import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Report } from "./build";
import { cacheFolder } from "./cacheFolder";
import { ToolchainError } from "./errors";
import { locked } from "./lock";
import { checkStamp, writeStamp } from "./stamp";

/**
 * Function that creates the contents of a folder. @returns the files whose checksums are recorded, relative to the
 * folder.
 */
type Make = (folder: string) => Promise<readonly string[]>;

/**
 * Makes sure that a folder of the cache exists and is complete. The contents are created in a temporary folder that is
 * renamed at the end. So a killed run leaves nothing that a later run would use.
 *
 * @returns its path.
 * @throws {ToolchainError} if the disk is full or the cache cannot be written.
 */
export async function ensureCached(key: string, report: Report, make: Make): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, key);
  if (await checkStamp(folder)) {
    explainFileErrors(cache, () => mkdirSync(cache, { recursive: true }));
    await locked(join(cache, `${key}.lock`), report, async () => {
      const fault = await checkStamp(folder);
      if (!fault) return;
      report(`Preparing ${folder}: ${fault}.`);
      await makeAside(folder, make);
    });
  }
  return folder;
}

async function makeAside(folder: string, make: Make): Promise<void> {
  // Only the holder of the lock creates this folder. Others with this name are leftovers of killed runs.
  const unfinished = `${folder}.unfinished-`;
  for (const name of readdirSync(dirname(folder)))
    if (join(dirname(folder), name).startsWith(unfinished))
      rmSync(join(dirname(folder), name), { recursive: true });

  const aside = `${unfinished}${process.pid}`;
  try {
    mkdirSync(aside, { recursive: true });
    await writeStamp(aside, await make(aside));
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw describe(error, folder);
  }
}

/** Converts error codes of the file system to advice. */
function describe(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC") return new ToolchainError(`The disk is full: ${folder} needs about 0.5 GB.`);
  if (code && ["EACCES", "EROFS", "EPERM", "ENOTDIR"].includes(code))
    return new ToolchainError(
      `${folder} cannot be written (${code}). Set the environment variable AUDIT_TRAILS_CACHE to a folder that can be written.`,
    );
  return error;
}

function explainFileErrors(folder: string, task: () => void): void {
  try {
    task();
  } catch (error) {
    throw describe(error, folder);
  }
}
