import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { compileCommand } from "./packageManager";

/** Requirements for the SDK `@pulumi/yandex`. The build writes them into sdk.json. */
interface NeededSdk {
  /** Release of the provider with which the components were built. */
  readonly release: string;
  /** Names of the resources that the components create. */
  readonly resources: readonly string[];
}

/**
 * Checks that the SDK is installed and complete. No package manager can do this, since no registry has the SDK.
 *
 * @throws {RunError} that says how to get the SDK.
 */
function requireSdk({ release, resources }: NeededSdk): void {
  const make = `Run \`pulumi package add terraform-provider yandex-cloud/yandex ${release}\`.`;
  if (!resolved("@pulumi/yandex/package.json")) throw new RunError(`There is no SDK @pulumi/yandex. ${make}`);
  if (!isCompiled(resolved("@pulumi/yandex")))
    throw new RunError(
      "The SDK @pulumi/yandex is not compiled, because its install script did not run. Run " +
        `\`${compileCommand(process.cwd())}\`.`,
    );
  const sdk: object = require("@pulumi/yandex");
  const missing = resources.filter((name) => !(name in sdk));
  if (missing.length > 0)
    throw new RunError(`The SDK @pulumi/yandex is too old: it has no ${missing.join(", ")}. ${make}`);
}

/**
 * Checks whether a file is compiled. Pulumi's runner finds the sources too. Node does not run them in node_modules; Bun
 * does.
 */
const isCompiled = (file: string | undefined): boolean =>
  file !== undefined && (!file.endsWith(".ts") || process.versions.bun !== undefined);

function resolved(id: string): string | undefined {
  try {
    return require.resolve(id);
  } catch {
    return undefined;
  }
}

requireSdk(JSON.parse(readFileSync(join(__dirname, "sdk.json"), "utf8")));
