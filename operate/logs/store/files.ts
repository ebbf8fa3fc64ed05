import { promises as fs } from "node:fs";
import { join } from "node:path";

/** Ending of the names of incomplete files. */
const part = ".part";

/** Creates a private folder and its parents. */
export async function makeFolder(folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  // An existing folder may be readable by others.
  await fs.chmod(folder, 0o700);
}

/**
 * Writes a file atomically: it is complete or absent, even if this process or the machine stops.
 *
 * @param write Writes the file at the given path.
 * @returns the bytes of the file.
 */
export async function writeWhole(path: string, write: (path: string) => Promise<unknown>): Promise<number> {
  const aside = path + part;
  try {
    await write(aside);
    let size: number;
    const file = await fs.open(aside, "r+");
    try {
      await file.chmod(0o600);
      await file.sync();
      size = (await file.stat()).size;
    } finally {
      await file.close();
    }
    await fs.rename(aside, path);
    return size;
  } catch (error) {
    await fs.rm(aside, { force: true }).catch(() => {});
    throw error;
  }
}

/** Writes a text by {@link writeWhole}. */
export const writeText = (path: string, text: string): Promise<number> =>
  writeWhole(path, (aside) => fs.writeFile(aside, text, { mode: 0o600 }));

/** Makes renames in a folder durable. Windows has no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns the text of a file; undefined if it does not exist. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === "ENOENT";

/** Removes files and folders from a folder. @param isKept Returns true for the names that stay. */
export async function removeOthers(folder: string, isKept: (name: string) => boolean): Promise<void> {
  for (const name of await fs.readdir(folder))
    if (!isKept(name)) await fs.rm(join(folder, name), { recursive: true, force: true });
}

/** Returns the bytes of all files below a folder; 0 if it does not exist. */
export async function sizeOf(folder: string): Promise<number> {
  try {
    let size = 0;
    for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) size += (await fs.stat(join(entry.parentPath, entry.name))).size;
    return size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}
