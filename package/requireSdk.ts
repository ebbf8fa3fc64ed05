import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RunError } from "@pulumi/pulumi";

/** What the components need of the SDK `@pulumi/yandex`. The build writes it into sdk.json. */
interface NeededSdk {
  /** Release of the provider with which the components were built. */
  readonly release: string;
  /** Names of the resources that the components make. */
  readonly resources: readonly string[];
}

/** @throws {RunError} that says how to get the SDK: npm cannot tell, since no registry has it. */
function requireSdk({ release, resources }: NeededSdk): void {
  const first =
    `First \`pulumi package add terraform-provider yandex-cloud/yandex ${release}\`, ` +
    "then `npm install yandex-audit-trails typescript@6`.";
  if (!canResolve("@pulumi/yandex/package.json"))
    throw new RunError(`There is no SDK @pulumi/yandex. ${first}`);
  if (!canResolve("@pulumi/yandex"))
    throw new RunError(
      "The SDK @pulumi/yandex is not compiled, since its install script did not run. Run `npm rebuild @pulumi/yandex`.",
    );
  const sdk: object = require("@pulumi/yandex");
  const missing = resources.filter((name) => !(name in sdk));
  if (missing.length > 0)
    throw new RunError(`The SDK @pulumi/yandex is too old: it has no ${missing.join(", ")}. ${first}`);
}

function canResolve(id: string): boolean {
  try {
    require.resolve(id);
    return true;
  } catch {
    return false;
  }
}

requireSdk(JSON.parse(readFileSync(join(__dirname, "sdk.json"), "utf8")));
