import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ToolchainError } from "./errors";
import { provider, pulumi, sdkGenerator } from "./programs";

const repository = join(__dirname, "..");
const sdkFolder = join(repository, "sdks", "yandex");

/**
 * Generates and compiles the SDK `@pulumi/yandex` of the provider in a toolchain's folder.
 *
 * @param environment Environment in which the engine finds its plugins.
 * @throws {ToolchainError} with the output of the step that failed.
 */
export function makeSdk(folder: string, environment: NodeJS.ProcessEnv): void {
  const sdk = join(folder, "sdk");
  const schemaFile = join(folder, "schema.json");
  const schema = run(join(folder, pulumi.path), [
    "package",
    "get-schema",
    "terraform-provider",
    "yandex-cloud/yandex",
    provider.version.slice(1),
  ]);
  writeFileSync(schemaFile, schema);
  mkdirSync(sdk);
  run(join(folder, sdkGenerator.path), [schemaFile, sdk]);
  rmSync(schemaFile);
  rmSync(join(folder, sdkGenerator.path));

  // The compiler resolves the SDK's imports among the repository's packages.
  symlinkSync(join(repository, "node_modules"), join(sdk, "node_modules"));
  run(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", sdk]);
  rmSync(join(sdk, "node_modules"));
  // Where the compiled SDK looks for its own version.
  cpSync(join(sdk, "package.json"), join(sdk, "bin", "package.json"));

  function run(command: string, args: readonly string[]): string {
    const options = { cwd: folder, env: environment, encoding: "utf8", maxBuffer: 64 << 20 } as const;
    const { status, stdout, stderr, error } = spawnSync(command, args, options);
    if (status !== 0)
      throw new ToolchainError(`Making the SDK failed: ${error?.message ?? ""}${stdout}${stderr}`);
    return stdout;
  }
}

/** Puts the toolchain's SDK where package.json expects it, unless it is there. */
export function placeSdk(folder: string, key: string): void {
  const marker = join(sdkFolder, ".toolchain");
  try {
    if (readFileSync(marker, "utf8") === key) return;
  } catch {
    // Not there yet.
  }
  cpSync(join(folder, "sdk"), sdkFolder, { recursive: true });
  writeFileSync(marker, key);
}
