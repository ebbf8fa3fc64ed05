import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Report } from "./build";
import { ensureCached } from "./cache";
import { ToolchainError } from "./errors";
import { fetchWith, findInHome, findInstallation, type Installation } from "./installed";
import { isBuildable, obtain, UnavailableError } from "./obtain";
import {
  engineKey,
  languageHost,
  pluginOf,
  providerKey,
  providerOf,
  pulumi,
  yamlHost,
  yamlKey,
} from "./programs";
import { pinnedRelease, type Release, readRelease } from "./release";
import { makeSdk, placeSdk } from "./sdk";
import { forgetUnavailable, isUnavailable, recordUnavailable, substituteOf } from "./unavailable";

export { endFailed, ToolchainError } from "./errors";

/** Pulumi CLI with its Node language host, plugin and provider, ready to run. */
export interface Toolchain {
  /** Path of the CLI. */
  readonly pulumi: string;
  /** Path of the provider. */
  readonly provider: string;
  /** Release in use: the release in Pulumi.yaml, or its replacement if that release is unavailable. */
  readonly release: Release;
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
  const wanted = readRelease();
  const engine = await ensureCached(engineKey(wanted), report, (folder) =>
    makeEngine(folder, wanted, report),
  );
  const { release, folder } = await ensureProvider(wanted, engine, report);
  await placeSdk(folder, providerKey(release), pinnedRelease().provider, report);
  return {
    pulumi: join(engine, pulumi.path),
    provider: join(folder, providerOf(release).path),
    release,
    environment: environmentOf(engine, folder),
  };
}

/** Makes sure that the provider and its SDK exist: of the pinned release, or else of the one that can be built. */
async function ensureProvider(
  wanted: Release,
  engine: string,
  report: Report,
): Promise<{ readonly release: Release; readonly folder: string }> {
  const ensure = async (release: Release) => {
    const make = (aside: string) => makeProvider(aside, engine, release, report);
    return { release, folder: await ensureCached(providerKey(release), report, make) };
  };
  if (wanted.binary) return ensure(wanted);
  if (!isUnavailable(wanted))
    try {
      const ensured = await ensure(wanted);
      forgetUnavailable(wanted);
      return ensured;
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      recordUnavailable(wanted);
    }
  const release = substituteOf(wanted);
  report(
    `Provider ${wanted.provider}, which Pulumi.yaml names, could not be downloaded. Using ${release.provider}, the newest release ` +
      "that the Go module proxy serves. To try the download again: npm run toolchain -- --retry",
  );
  return ensure(release);
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
  // The one that takes its place where it cannot be downloaded.
  const next = isProviderThere ? [] : [providerOf(substituteOf(release))];
  const wanted = [
    { program: pulumi, installed: installation?.pulumi },
    { program: languageHost, installed: installation?.languageHost },
    {
      program: plugin,
      installed: findInHome(plugin),
      fetch: installation && (() => fetchWith(installation, plugin, release, folder, folder)),
    },
  ];
  await obtain(folder, report, wanted, next);
  return [pulumi.path, languageHost.path, plugin.path];
}

async function makeProvider(
  folder: string,
  engine: string,
  release: Release,
  report: Report,
): Promise<string[]> {
  const provider = providerOf(release);
  // What can be built is fetched by the user's own Pulumi alone; anything else by the one that was built, too.
  const fetching: Pick<Installation, "pulumi"> | undefined =
    findInstallation(pulumi.version) ??
    (isBuildable(provider) ? undefined : { pulumi: join(engine, pulumi.path) });
  await obtain(folder, report, [
    {
      program: provider,
      installed: release.binary ?? findInHome(provider),
      fetch: fetching && (() => fetchWith(fetching, provider, release, folder, engine)),
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
