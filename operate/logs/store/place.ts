import { homedir } from "node:os";
import { join } from "node:path";
import type { LogSource } from "../types";

/** Returns the folder that caches log objects: part of the user's cache folder. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  const folder =
    process.platform === "win32"
      ? LOCALAPPDATA || join(homedir(), "AppData", "Local")
      : XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(folder, "yandex-audit-trails", "logs");
}

/** Returns the folder of a trail's log objects in the cache. */
export const trailFolder = (
  folder: string,
  { storageEndpoint, bucket, trailId }: Pick<LogSource, "storageEndpoint" | "bucket" | "trailId">,
): string => join(folder, ...[new URL(storageEndpoint).host, bucket, trailId].map(fileName));

/** Characters of names that every file system takes; others are written as their code. A name of dots alone would lead out. */
const fileName = (name: string): string => {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, (character) => `%${character.codePointAt(0)?.toString(16)}`);
  return /^\.*$/.test(safe) ? `%${safe}` : safe;
};
