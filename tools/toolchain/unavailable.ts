import { mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cacheFolder";
import { findInHome } from "./installed";
import { providerOf } from "./programs";
import { buildableProvider, type Release, readRelease } from "./release";

/** Milliseconds between two attempts to download a provider. */
const untilNextAttempt = 24 * 60 * 60_000;

/** Path of the file that records a failed download of a provider. */
const recordOf = ({ provider }: Release): string => join(cacheFolder(), `provider-${provider}.unavailable`);

/** Records that a provider is unavailable, so that no run tries again for a day. */
export function recordUnavailable(release: Release): void {
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(recordOf(release), "");
}

/** Deletes the record of a failed download, so that the next run tries again. */
export const forgetUnavailable = (release: Release): void => rmSync(recordOf(release), { force: true });

/** Checks whether a download failed within the last day and the provider is still missing. */
export function isUnavailable(release: Release): boolean {
  const failed = failedAt(release);
  return failed !== undefined && Date.now() - failed < untilNextAttempt && !findInHome(providerOf(release));
}

/** Returns the release that replaces an unavailable one. */
export const substituteOf = (release: Release): Release => ({ ...release, provider: buildableProvider });

/** Returns the release that the last run of the toolchain used. Pulumi.yaml may name another one. */
export function usedRelease(): Release {
  const wanted = readRelease();
  return !wanted.binary && failedAt(wanted) !== undefined ? substituteOf(wanted) : wanted;
}

/** Time of the last failure, milliseconds since 1970. */
const failedAt = (release: Release): number | undefined =>
  statSync(recordOf(release), { throwIfNoEntry: false })?.mtimeMs;
