import { cpSync, existsSync, linkSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, download, type Report, requireGo } from "./build";
import { ensureCached } from "./cache";
import { cacheFolder, goCacheFolder } from "./cacheFolder";
import { ToolchainError } from "./errors";
import { builtKey, type Program, type Source } from "./programs";

/** A program that is not on this machine, and can be neither downloaded nor built. */
export class UnavailableError extends ToolchainError {}

/** A program, and where it can be had without building it. */
interface Wanted {
  readonly program: Program;
  /** Path of the user's own. */
  readonly installed?: string;
  /** Has Pulumi fetch it. @returns whether it did */
  readonly fetch?: () => boolean;
}

type Buildable = Program & { readonly source: Source };

/** Checks whether the Go module proxy serves the modules of a program. */
export const isBuildable = (program: Program): program is Buildable => program.source !== undefined;

/** Checks whether a program was built before, and is kept. */
const isKept = (program: Program): boolean => existsSync(join(cacheFolder(), builtKey(program)));

/**
 * Puts programs into a folder: copied, fetched, or else built.
 *
 * @param next Programs that will be built after these.
 * @throws {UnavailableError} if none of it is possible.
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
    const told = `${program.name} ${program.version}`;
    const target = join(folder, program.path);
    mkdirSync(dirname(target), { recursive: true });
    if (installed) {
      cpSync(installed, target, { dereference: true });
      report(`${told}: copied from ${installed}`);
    } else if (fetch?.()) report(`${told}: fetched by pulumi`);
    else if (isBuildable(program)) missing.push(program);
    else throw new UnavailableError(`${told} is not here, and cannot be downloaded or built.`);
  }
  const all = [...missing, ...next.filter(isBuildable)].filter((program) => !isKept(program));
  if (!missing.every(isKept)) announce(all, report);
  // While one is compiled, which keeps the cores busy and not the network.
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

/** Says what is about to be built, and what it takes. @throws {ToolchainError} where there is no Go that can. */
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
