import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { findInHome } from "./installed";
import { providerOf } from "./programs";
import { buildableProvider, type Release, readRelease } from "./release";

/** Milliseconds after which a download that failed is tried again. */
const untilNextAttempt = 24 * 60 * 60_000;

/** File that records when the download of a provider failed. */
const recordOf = ({ provider }: Release): string => join(cacheFolder(), `provider-${provider}.unavailable`);

/** Records that a provider can be neither found, downloaded nor built here, so that no run asks again for a day. */
export function recordUnavailable(release: Release): void {
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(recordOf(release), "");
}

/** Forgets that a provider was unavailable, so that the next run tries to download it. */
export const forgetUnavailable = (release: Release): void => rmSync(recordOf(release), { force: true });

/** Checks whether asking for a provider again is pointless: its download failed today, and nobody has put it here since. */
export function isUnavailable(release: Release): boolean {
  const failed = failedAt(release);
  return failed !== undefined && Date.now() - failed < untilNextAttempt && !findInHome(providerOf(release));
}

/** Returns the release that replaces an unavailable one. */
export const substituteOf = (release: Release): Release => ({ ...release, provider: buildableProvider });

/** Returns the release that the last run of the toolchain used, which need not be the one that Pulumi.yaml names. */
export function usedRelease(): Release {
  const wanted = readRelease();
  return !wanted.binary && failedAt(wanted) !== undefined ? substituteOf(wanted) : wanted;
}

/** Time of the last failure, milliseconds since 1970. */
const failedAt = (release: Release): number | undefined =>
  statSync(recordOf(release), { throwIfNoEntry: false })?.mtimeMs;
