import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { build, type Report, requireGo } from "./build";
import { ToolchainError } from "./errors";
import { findInstalled } from "./installed";
import { locked } from "./lock";
import { bridge, programs, provider, pulumi, toolchainKey } from "./programs";
import { makeSdk, placeSdk } from "./sdk";
import { checkStamp, writeStamp } from "./stamp";

export { ToolchainError } from "./errors";

/** The engine with its plugins, ready to run. */
export interface Toolchain {
  /** Folder with `bin/pulumi`, as `PulumiCommand.get({ root })` wants it. */
  readonly root: string;
  /** Environment with which the engine finds its plugins and stays away from the user's own Pulumi. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Makes sure that the engine, its plugins and the SDK `@pulumi/yandex` are there. What is missing is taken from the
 * user's own installation where it fits, and built from the Go module proxy where not.
 *
 * Everything is kept in one folder of the cache, `$AUDIT_TRAILS_CACHE` or `yandex-audit-trails` in the user's cache
 * folder. The folder is made aside and moved into place when it is whole, so that a run that is killed leaves nothing
 * that a later one would trust.
 *
 * @throws {ToolchainError} that says what the machine lacks.
 */
export async function ensureToolchain(report: Report): Promise<Toolchain> {
  if (process.platform === "win32")
    throw new ToolchainError(
      "Windows itself is not supported. Run this in the Windows Subsystem for Linux (WSL).",
    );
  const key = toolchainKey();
  const cache = cacheFolder();
  const folder = join(cache, key);

  if (await checkStamp(folder)) {
    explainFileErrors(cache, () => mkdirSync(cache, { recursive: true }));
    await locked(join(cache, `${key}.lock`), report, async () => {
      const fault = await checkStamp(folder);
      if (fault) await make(folder, fault, report);
    });
  }
  placeSdk(folder, key);
  return { root: folder, environment: environmentOf(folder) };
}

function cacheFolder(): string {
  const { AUDIT_TRAILS_CACHE, XDG_CACHE_HOME } = process.env;
  return AUDIT_TRAILS_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "yandex-audit-trails");
}

function environmentOf(folder: string): Record<string, string> {
  return {
    PULUMI_HOME: join(folder, "home"),
    PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR: join(folder, "home", "dynamic_tf_plugins"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

async function make(folder: string, fault: string, report: Report): Promise<void> {
  report(`Preparing the Pulumi engine and the Yandex provider in ${folder}: ${fault}.`);
  // Only the holder of the lock makes this folder: other ones of its name are left over from runs that were killed.
  const unfinished = `${folder}.unfinished-`;
  for (const name of readdirSync(dirname(folder)))
    if (join(dirname(folder), name).startsWith(unfinished))
      rmSync(join(dirname(folder), name), { recursive: true });

  const aside = `${unfinished}${process.pid}`;
  try {
    const found = programs.map((program) => ({ program, installed: findInstalled(program) }));
    const toBuild = found.filter(({ installed }) => !installed);
    const minutes = toBuild.reduce((sum, { program }) => sum + program.minutes, 0);
    if (toBuild.length > 0) {
      requireGo();
      report(
        `Building ${toBuild.length} programs takes up to ${minutes} minutes on 2 cores, and less with warm caches.`,
      );
    }
    for (const { program, installed } of found) {
      const target = join(aside, program.path);
      mkdirSync(dirname(target), { recursive: true });
      const started = Date.now();
      if (installed) cpSync(installed, target, { dereference: true });
      else await build(program, target, report);
      const seconds = Math.round((Date.now() - started) / 1000);
      report(
        `${program.name} ${program.version}: ${installed ? `copied from ${installed}` : `built in ${seconds} s`}`,
      );
    }
    makeSdk(aside, { PATH: process.env.PATH, HOME: process.env.HOME, ...environmentOf(aside) });
    report("SDK @pulumi/yandex: generated and compiled");
    await writeStamp(aside, [
      pulumi.path,
      bridge.path,
      provider.path,
      "sdk/bin/index.js",
      "sdk/package.json",
    ]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
  } catch (error) {
    rmSync(aside, { recursive: true, force: true });
    throw describe(error, folder);
  }
}

/** Turns the file system's codes into advice. */
function describe(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC") return new ToolchainError(`The disk is full: ${folder} needs about 0.5 GB.`);
  if (code && ["EACCES", "EROFS", "EPERM", "ENOTDIR"].includes(code))
    return new ToolchainError(
      `${folder} cannot be written (${code}). Name a folder that can in the environment variable AUDIT_TRAILS_CACHE.`,
    );
  return error;
}

function explainFileErrors(folder: string, task: () => void): void {
  try {
    task();
  } catch (error) {
    throw describe(error, folder);
  }
}
