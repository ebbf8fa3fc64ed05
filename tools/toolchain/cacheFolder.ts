import { rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Folder of all programs: `$AUDIT_TRAILS_CACHE`, or `yandex-audit-trails` in the user's cache folder. */
export function cacheFolder(): string {
  const { AUDIT_TRAILS_CACHE, XDG_CACHE_HOME } = process.env;
  return AUDIT_TRAILS_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "yandex-audit-trails");
}

/** Folder of modules and compiled packages: builds leave the user's own Go caches alone. */
export const goCacheFolder = (): string => join(cacheFolder(), "go");

/** Deletes what builds have left. The programs stay. */
export const cleanGoCache = (): void => rmSync(goCacheFolder(), { recursive: true, force: true });
