import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type Program, pulumi } from "./programs";

/**
 * Looks for a program that the user has installed already: Pulumi on the PATH, in the pinned version or a newer one of
 * the same major version; plugins in the user's Pulumi folder, in the pinned version.
 *
 * @returns its path, if there is one that fits.
 */
export function findInstalled(program: Program): string | undefined {
  return program === pulumi ? findPulumi() : findPlugin(program);
}

function findPulumi(): string | undefined {
  const candidates = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "pulumi"));
  return candidates.filter(isExecutable).find((path) => {
    const { stdout } = spawnSync(path, ["version"], { encoding: "utf8", timeout: 20_000 });
    return isAtLeast(stdout?.trim() ?? "", pulumi.version);
  });
}

function findPlugin(program: Program): string | undefined {
  const [top, ...inHome] = program.path.split("/");
  if (top !== "home") return undefined;
  const path = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), ...inHome);
  return isExecutable(path) ? path : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string) => /^v(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  const [found, pinned] = [numbers(version), numbers(least)];
  if (!found || !pinned || found[0] !== pinned[0]) return false;
  const difference = found.map((number, i) => number - (pinned[i] ?? 0)).find((delta) => delta !== 0);
  return (difference ?? 0) >= 0;
}
