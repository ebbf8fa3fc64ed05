import { promises as fs } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { LogSource } from "../types";
import { isMissing } from "./files";

/** Returns the folder of cached logs, inside the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  const folder =
    process.platform === "win32"
      ? LOCALAPPDATA || join(homedir(), "AppData", "Local")
      : XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(folder, "yandex-audit-trails", "logs");
}

/** Returns the folder of a trail's cached logs. */
export const trailFolder = (
  folder: string,
  { storageEndpoint, bucket, trailId }: Pick<LogSource, "storageEndpoint" | "bucket" | "trailId">,
): string => join(folder, ...[new URL(storageEndpoint).host, bucket, trailId].map(fileName));

/** Returns the folders of all trails' cached logs. */
export async function trailFolders(folder: string): Promise<string[]> {
  let folders = [folder];
  // Host, bucket and trail.
  for (let depth = 0; depth < 3; depth += 1) folders = (await Promise.all(folders.map(foldersIn))).flat();
  return folders;
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
}

/** Returns a name with all special characters encoded, so that every file system accepts it. A name of only dots is encoded too. */
const fileName = (name: string): string => {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, (character) => `%${character.codePointAt(0)?.toString(16)}`);
  return /^\.*$/.test(safe) ? `%${safe}` : safe;
};
