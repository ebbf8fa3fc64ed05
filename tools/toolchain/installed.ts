import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import type { Report } from "./build";
import type { Program } from "./programs";
import type { Release } from "./release";

/** Ordinary Pulumi installation: the CLI with its Node language host. */
export interface Installation {
  readonly pulumi: string;
  readonly languageHost: string;
}

/**
 * Finds an ordinary Pulumi installation on the PATH, with the minimum version or a newer one of the same major version.
 * The language host is in the CLI's folder, or on the PATH. It must have the CLI's version: other versions hang, or
 * lack features.
 *
 * @param report Receives a line for the installation that is used, and one for each unsuitable installation with the reason.
 */
export function findInstallation(least: string, report: Report = () => {}): Installation | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const pulumi of folders.map((folder) => join(folder, "pulumi")).filter(isExecutable)) {
    const version = answerOf(pulumi, "version");
    const notTaken = (why: string) => report(`${pulumi} ${version ?? ""} is not used: ${why}.`);
    if (!isAtLeast(version, least)) {
      notTaken(`it is not version ${least} or a newer one of the same major version`);
      continue;
    }
    const hosts = [dirname(realpathSync(pulumi)), ...folders]
      .map((folder) => join(folder, "pulumi-language-nodejs"))
      .filter(isExecutable);
    // Hosts print their version without the leading v.
    const languageHost = hosts.find(
      (host) => `v${answerOf(host, "-version")?.replace(/^v/, "")}` === version,
    );
    if (languageHost) {
      report(`${pulumi} ${version} is used: CLI and Node language host have the same suitable version.`);
      return { pulumi, languageHost };
    }
    notTaken(
      hosts.length > 0
        ? `no Node language host of its version is in its folder or on the PATH (found ${hosts.join(", ")})`
        : "there is no Node language host, pulumi-language-nodejs, in its folder or on the PATH",
    );
  }
  return undefined;
}

/** Returns the output of a program; undefined if it fails, or prints nothing for 20 seconds. */
function answerOf(program: string, question: string): string | undefined {
  const { status, stdout } = spawnSync(program, [question], { encoding: "utf8", timeout: 20_000 });
  return status === 0 ? stdout.trim() : undefined;
}

/** Finds a plugin or a provider in the user's Pulumi folder, with exactly its version. */
export function findInHome({ path }: Program): string | undefined {
  const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(home, path.replace(/^home\//, ""));
  return isExecutable(file) ? file : undefined;
}

/** Milliseconds after which a download is given up. Where there is no way to a registry, the plugin gives up within seconds. */
const longestFetch = 5 * 60_000;

/**
 * Lets the Pulumi CLI download a plugin or a provider into a folder, like `pulumi install`.
 *
 * @param engine Folder whose `home` holds the plugins.
 * @returns true if the program now exists.
 */
export function fetchWith(
  { pulumi }: Pick<Installation, "pulumi">,
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
    timeout: longestFetch,
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

function isAtLeast(version: string | undefined, least: string): boolean {
  const numbers = (text = "") => /^v(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);
  const [found, pinned] = [numbers(version), numbers(least)];
  if (!found || !pinned || found[0] !== pinned[0]) return false;
  const difference = found.map((number, i) => number - (pinned[i] ?? 0)).find((delta) => delta !== 0);
  return (difference ?? 0) >= 0;
}
