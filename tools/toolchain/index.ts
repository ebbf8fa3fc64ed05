import { cpSync, existsSync, mkdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build, download, type Report, requireGo } from "./build";
import { ensureCached } from "./cache";
import { goCacheFolder } from "./cacheFolder";
import { ToolchainError } from "./errors";
import { fetchWith, findInHome, findInstallation, type Installation } from "./installed";
import {
  buildableProvider,
  engineKey,
  languageHost,
  type Program,
  pluginOf,
  providerKey,
  providerOf,
  pulumi,
  type Source,
  yamlHost,
  yamlKey,
} from "./programs";
import { type Release, readRelease } from "./release";
import { makeSdk, placeSdk } from "./sdk";

export { endFailed, ToolchainError } from "./errors";

/** Pulumi CLI with its Node language host, plugin and provider, ready to run. */
export interface Toolchain {
  /** Path of the CLI. */
  readonly pulumi: string;
  /** Path of the provider. */
  readonly provider: string;
  /** Environment with which the CLI finds its plugins and does not use the user's own Pulumi. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Makes sure that CLI, language host, plugin, provider and the SDK `@pulumi/yandex` exist. Missing programs are copied
 * from the user's own Pulumi installation if the versions fit. Otherwise they are built from the Go module proxy.
 *
 * @throws {ToolchainError} that says what the machine lacks.
 */
export async function ensureToolchain(report: Report): Promise<Toolchain> {
  if (process.platform === "win32")
    throw new ToolchainError(
      "Windows itself is not supported. Run this in the Windows Subsystem for Linux (WSL).",
    );
  const release = readRelease();
  const engine = await ensureCached(engineKey(release), report, (folder) =>
    makeEngine(folder, release, report),
  );
  const key = providerKey(release);
  const folder = await ensureCached(key, report, (aside) => makeProvider(aside, engine, release, report));
  await placeSdk(folder, key, report);
  return {
    pulumi: join(engine, pulumi.path),
    provider: join(folder, providerOf(release).path),
    environment: environmentOf(engine, folder),
  };
}

/**
 * Makes sure that the language host of YAML programs exists, which only tests need.
 *
 * @returns the folder that must be on the PATH of the CLI.
 * @throws {ToolchainError} that says what the machine lacks.
 */
export async function ensureYamlHost(report: Report): Promise<string> {
  const folder = await ensureCached(yamlKey(), report, async (aside) => {
    const installation = findInstallation(pulumi.version);
    const beside = installation && join(dirname(installation.languageHost), basename(yamlHost.path));
    const installed = beside && existsSync(beside) ? beside : undefined;
    await obtain(aside, report, [{ program: yamlHost, installed }]);
    return [yamlHost.path];
  });
  return dirname(join(folder, yamlHost.path));
}

const environmentOf = (engine: string, provider: string): Record<string, string> => ({
  PULUMI_HOME: join(engine, "home"),
  PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR: join(provider, "dynamic_tf_plugins"),
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
});

async function makeEngine(folder: string, release: Release, report: Report): Promise<string[]> {
  const installation = findInstallation(pulumi.version, report);
  const plugin = pluginOf(release);
  const provider = providerOf(release);
  const isProviderThere = installation || release.binary || findInHome(provider);
  const wanted = [
    { program: pulumi, installed: installation?.pulumi },
    { program: languageHost, installed: installation?.languageHost },
    {
      program: plugin,
      installed: findInHome(plugin),
      fetch: installation && (() => fetchWith(installation, plugin, release, folder, folder)),
    },
  ];
  await obtain(folder, report, wanted, isProviderThere ? [] : [provider]);
  return [pulumi.path, languageHost.path, plugin.path];
}

async function makeProvider(
  folder: string,
  engine: string,
  release: Release,
  report: Report,
): Promise<string[]> {
  const provider = providerOf(release);
  const installation: Installation | undefined = findInstallation(pulumi.version);
  await obtain(folder, report, [
    {
      program: provider,
      installed: release.binary ?? findInHome(provider),
      fetch: installation && (() => fetchWith(installation, provider, release, folder, engine)),
    },
  ]);
  makeSdk(
    join(engine, pulumi.path),
    ["terraform-provider", "yandex-cloud/yandex", release.provider],
    folder,
    { ...process.env, ...environmentOf(engine, folder) },
  );
  report(`SDK @pulumi/yandex ${release.provider}: generated and compiled`);
  return [provider.path, "sdk/bin/index.js", "sdk/package.json"];
}

/** Program, with places where it may be available without a build. */
interface Wanted {
  readonly program: Program;
  /** Path in the user's own installation. */
  readonly installed?: string;
  /** Lets the user's Pulumi download it. Returns true on success. */
  readonly fetch?: () => boolean;
}

type Buildable = Program & { readonly source: Source };

const isBuildable = (program: Program): program is Buildable => program.source !== undefined;

/** @param next Programs that are built after these. */
async function obtain(
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
    else throw new ToolchainError(howToGet(program));
  }
  if (missing.length === 0) return;
  requireGo();
  const all = [...missing, ...next.filter(isBuildable)];
  const minutes = all.reduce((sum, { source }) => sum + source.minutes, 0);
  report(
    "An ordinary Pulumi installation makes these builds unnecessary: https://www.pulumi.com/docs/install",
  );
  report(`Building ${all.map(({ name }) => name).join(", ")}: up to ${minutes} minutes on 2 cores.`);
  report(
    `Up to 6 GB of Go modules and compiled packages stay in ${goCacheFolder()} until: npm run toolchain -- --clean`,
  );
  // A build keeps the processor busy, so the modules of the next one are downloaded meanwhile.
  const downloads = all.slice(1).map(({ source }) => download(source));
  try {
    for (const program of missing) {
      const started = Date.now();
      await build(program, join(folder, program.path), report);
      report(`${program.name} ${program.version}: built in ${Math.round((Date.now() - started) / 1000)} s`);
    }
  } catch (error) {
    for (const process of downloads) process.kill();
    throw error;
  }
}

const howToGet = ({ name, version }: Program): string =>
  `${name} ${version} is missing, and only v${buildableProvider} of this provider can be built from Go modules. Install Pulumi ` +
  `(https://www.pulumi.com/docs/install) and run this again with access to its downloads, or name a binary: ` +
  `AUDIT_TRAILS_PROVIDER=${version.slice(1)}:<absolute path>. Or put ${buildableProvider} into Pulumi.yaml.`;
