import { rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Returns the folder of all programs: `$AUDIT_TRAILS_CACHE`, or `yandex-audit-trails` in the user's cache folder. */
export function cacheFolder(): string {
  const { AUDIT_TRAILS_CACHE, XDG_CACHE_HOME } = process.env;
  return AUDIT_TRAILS_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "yandex-audit-trails");
}

/** Returns the folder of Go modules and compiled packages, so that builds do not use the user's own Go caches. */
export const goCacheFolder = (): string => join(cacheFolder(), "go");

/** Deletes the Go modules and packages of builds. The programs stay. */
export const cleanGoCache = (): void => rmSync(goCacheFolder(), { recursive: true, force: true });
