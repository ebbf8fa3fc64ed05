import { readFileSync, writeFileSync } from "node:fs";
import { pinnedRelease } from "../../tools/toolchain/release";
import { usedRelease } from "../../tools/toolchain/unavailable";

/** Writes the provider release in use into a copy of Pulumi.yaml: `pulumi install` cannot download an unavailable one. */
export function nameReleaseInUse(projectFile: string): void {
  const text = readFileSync(projectFile, "utf8");
  writeFileSync(projectFile, text.replace(pinnedRelease().provider, usedRelease().provider));
}
