import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import type { Program } from "./programs";
import type { Release } from "./release";

/** An ordinary Pulumi installation: the CLI with its Node language host. */
export interface Installation {
  readonly pulumi: string;
  readonly languageHost: string;
}

/**
 * Looks for an ordinary Pulumi installation on the PATH, in the least version or a newer one of the same major version.
 * The language host stands beside the CLI, or on the PATH too.
 */
export function findInstallation(least: string): Installation | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const pulumi of folders.map((folder) => join(folder, "pulumi")).filter(isExecutable)) {
    const { stdout } = spawnSync(pulumi, ["version"], { encoding: "utf8", timeout: 20_000 });
    if (!isAtLeast(stdout?.trim() ?? "", least)) continue;
    const hosts = [dirname(realpathSync(pulumi)), ...folders].map((folder) =>
      join(folder, "pulumi-language-nodejs"),
    );
    const languageHost = hosts.find(isExecutable);
    if (languageHost) return { pulumi, languageHost };
  }
  return undefined;
}

/** Looks for a plugin or a provider in the user's Pulumi folder, in exactly its version. */
export function findInHome({ path }: Program): string | undefined {
  const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(home, path.replace(/^home\//, ""));
  return isExecutable(file) ? file : undefined;
}

/**
 * Has an ordinary Pulumi installation fetch a plugin or a provider into a folder, as `pulumi install` would.
 *
 * @param engine Folder whose `home` holds the plugins.
 * @returns whether it is there now.
 */
export function fetchWith(
  { pulumi }: Installation,
  { path }: Program,
  { plugin, provider }: Release,
  folder: string,
  engine: string,
): boolean {
  const isPlugin = basename(path).startsWith("pulumi-resource-");
  const command = isPlugin
    ? ["plugin", "install", "resource", "terraform-provider", plugin]
    : ["package", "get-schema", "terraform-provider", "yandex-cloud/yandex", provider];
  spawnSync(pulumi, command, {
    env: {
      ...process.env,
      PULUMI_HOME: join(engine, "home"),
      PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR: join(folder, "dynamic_tf_plugins"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    },
    stdio: "ignore",
  });
  return existsSync(join(folder, path));
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
