import { homedir } from "node:os";
import { join } from "node:path";
import type { LogSource } from "../types";

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

/** Returns a name with all special characters encoded, so that every file system accepts it. A name of only dots is encoded too. */
const fileName = (name: string): string => {
  const safe = name.replace(/[^A-Za-z0-9._-]/g, (character) => `%${character.codePointAt(0)?.toString(16)}`);
  return /^\.*$/.test(safe) ? `%${safe}` : safe;
};
