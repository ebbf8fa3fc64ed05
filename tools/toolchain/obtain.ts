import { cpSync, existsSync, linkSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, download, type Report, requireGo } from "./build";
import { ensureCached } from "./cache";
import { cacheFolder, goCacheFolder } from "./cacheFolder";
import { ToolchainError } from "./errors";
import { builtKey, type Program, type Source } from "./programs";

/** Failure to find, download or build a program. */
export class UnavailableError extends ToolchainError {}

/** Program to obtain, and its sources other than a build. */
interface Wanted {
  readonly program: Program;
  /** Path of the program that the user has installed. */
  readonly installed?: string;
  /** Lets Pulumi fetch the program. @returns true if that succeeded. */
  readonly fetch?: () => boolean;
}

type Buildable = Program & { readonly source: Source };

/** Checks whether the Go module proxy serves the modules of a program. */
export const isBuildable = (program: Program): program is Buildable => program.source !== undefined;

/** Checks whether an earlier build of a program is in the cache. */
const isKept = (program: Program): boolean => existsSync(join(cacheFolder(), builtKey(program)));

/**
 * Puts programs into a folder. Each is copied or fetched; if neither is possible, it is built.
 *
 * @param next Programs that will be built after these.
 * @throws {UnavailableError} if a program can be neither copied, fetched nor built.
 * @throws {ToolchainError} if a build fails.
 */
export async function obtain(
  folder: string,
  report: Report,
  wanted: readonly Wanted[],
  next: readonly Program[] = [],
): Promise<void> {
  const missing: Buildable[] = [];
  for (const { program, installed, fetch } of wanted) {
    const named = `${program.name} ${program.version}`;
    const target = join(folder, program.path);
    mkdirSync(dirname(target), { recursive: true });
    if (installed) {
      cpSync(installed, target, { dereference: true });
      report(`${named}: copied from ${installed}`);
    } else if (fetch?.()) report(`${named}: fetched by pulumi`);
    else if (isBuildable(program)) missing.push(program);
    else
      throw new UnavailableError(`${named} is not on this machine, and can be neither downloaded nor built.`);
  }
  const all = [...missing, ...next.filter(isBuildable)].filter((program) => !isKept(program));
  if (!missing.every(isKept)) announce(all, report);
  // The next sources are downloaded during a compilation, which needs no network.
  const downloads = all.slice(1).map(({ source }) => download(source));
  try {
    for (const program of missing) {
      const built = await ensureCached(builtKey(program), report, (aside) => make(program, aside, report));
      linkSync(join(built, basename(program.path)), join(folder, program.path));
    }
  } catch (error) {
    for (const process of downloads) process.kill();
    throw error;
  }
}

/** Reports the builds to come, with their time and space. @throws {ToolchainError} if no suitable Go is installed. */
function announce(programs: readonly Buildable[], report: Report): void {
  requireGo();
  const minutes = programs.reduce((sum, { source }) => sum + source.minutes, 0);
  report(
    "An ordinary Pulumi installation makes these builds unnecessary: https://www.pulumi.com/docs/install",
  );
  report(`Building ${programs.map(({ name }) => name).join(", ")}: up to ${minutes} minutes on 2 cores.`);
  report(
    `Up to 6 GB of Go modules and compiled packages stay in ${goCacheFolder()} until: npm run toolchain -- --clean`,
  );
}

async function make(program: Buildable, folder: string, report: Report): Promise<string[]> {
  const started = Date.now();
  const file = basename(program.path);
  await build(program, join(folder, file), report);
  report(`${program.name} ${program.version}: built in ${Math.round((Date.now() - started) / 1000)} s`);
  return [file];
}
