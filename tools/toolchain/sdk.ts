import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Report } from "./build";
import { ToolchainError } from "./errors";
import { locked } from "./lock";

const repository = join(__dirname, "..", "..");
const sdkFolder = join(repository, "sdks", "yandex");
const marker = ".toolchain";

/**
 * Generates a Node SDK with the CLI, and compiles it.
 *
 * @param schema Argument of `pulumi package gen-sdk`: a schema file, or a plugin with its parameters.
 * @param folder Folder for the SDK, which becomes its subfolder `sdk`.
 * @param environment Environment in which the engine finds its plugins.
 * @throws {ToolchainError} with the output of the step that failed.
 */
export function makeSdk(
  pulumi: string,
  schema: readonly string[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): void {
  const sdk = join(folder, "sdk");
  const generated = join(folder, "generated");
  run(pulumi, ["package", "gen-sdk", ...schema, "--language", "nodejs", "--local", "--out", generated]);
  renameSync(join(generated, "nodejs"), sdk);
  rmSync(generated, { recursive: true });

  // The compiler finds the SDK's imports among the repository's packages.
  symlinkSync(join(repository, "node_modules"), join(sdk, "node_modules"));
  run(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", sdk]);
  rmSync(join(sdk, "node_modules"));
  // The compiled SDK reads its own version from this file.
  cpSync(join(sdk, "package.json"), join(sdk, "bin", "package.json"));

  function run(command: string, args: readonly string[]): void {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: folder,
      env: environment,
      encoding: "utf8",
    });
    if (status !== 0)
      throw new ToolchainError(`Generating the SDK failed: ${error?.message ?? ""}${stdout}${stderr}`);
  }
}

/**
 * Puts a missing SDK where package.json expects it. If two runs do so at once, one waits.
 *
 * @param version Version in package.json, for npm; package-lock.json has it too. The SDK uses the version in bin/package.json
 * instead, and the engine that of the parameterization.
 */
export async function placeSdk(folder: string, key: string, version: string, report: Report): Promise<void> {
  const placed = `${key} as ${version}, compiled`;
  if (placedKey() === placed) return;
  mkdirSync(dirname(sdkFolder), { recursive: true });
  await locked(join(dirname(sdkFolder), ".lock"), report, async () => {
    if (placedKey() === placed) return;
    // Made aside, so that it is missing for a moment only.
    const aside = `${sdkFolder}.unfinished`;
    rmSync(aside, { recursive: true, force: true });
    cpSync(join(folder, "sdk"), aside, { recursive: true });
    const manifest = join(aside, "package.json");
    writeFileSync(
      manifest,
      JSON.stringify({ ...JSON.parse(readFileSync(manifest, "utf8")), version }, undefined, 4),
    );
    // It would compile again what is compiled, and give the SDK npm's version.
    writeFileSync(join(aside, "scripts", "postinstall.js"), "// The toolchain has compiled this SDK.\n");
    writeFileSync(join(aside, marker), placed);
    rmSync(sdkFolder, { recursive: true, force: true });
    renameSync(aside, sdkFolder);
  });
}

function placedKey(): string | undefined {
  try {
    return readFileSync(join(sdkFolder, marker), "utf8");
  } catch {
    return undefined; // The file does not exist yet.
  }
}
