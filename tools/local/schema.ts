import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureToolchain, ToolchainError } from "../toolchain";
import { pinnedRelease } from "../toolchain/release";
import { pathWith } from "./environment";
import { breakingChanges } from "./schemaChanges";
import { runCommand } from "./session";

const repository = join(__dirname, "..", "..");
const plugin = join(repository, "plugin");
const file = join(plugin, "schema.json");

/** Renews plugin/schema.json, the schema of the components for other languages. */
async function renew(): Promise<number> {
  const { values } = parseArgs({ options: { breaking: { type: "boolean", default: false } } });
  const toolchain = await ensureToolchain(console.error);
  const copy = copyOfPlugin(toolchain.release.provider);
  const { status, stdout } = spawnSync(toolchain.pulumi, ["package", "get-schema", copy], {
    encoding: "utf8",
    env: { ...process.env, ...toolchain.environment, PATH: pathWith(toolchain) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  rmSync(join(copy, ".."), { recursive: true });
  if (status !== 0) throw new ToolchainError("The CLI printed no schema; its error is above.");
  const schema = JSON.parse(stdout);
  const changes = existsSync(file) ? breakingChanges(JSON.parse(readFileSync(file, "utf8")), schema) : [];
  for (const change of changes) console.error(change);
  if (changes.length > 0 && !values.breaking) {
    console.error(
      "Programs of other languages would break. To write the schema nevertheless: npm run schema -- --breaking",
    );
    return 1;
  }
  writeFileSync(file, `${JSON.stringify(schema, undefined, 2)}\n`);
  return 0;
}

/**
 * Copies the plugin into a new folder, with links to the sources that it bundles. The copy names the provider's release in use,
 * because the engine generates an SDK of it, and the pinned release may be unavailable. Packages are installed into the copy, not
 * into the repository. @returns the folder of the copy.
 */
function copyOfPlugin(provider: string): string {
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-schema-"));
  for (const name of readdirSync(repository))
    if (name !== "plugin") symlinkSync(join(repository, name), join(folder, name));
  const copy = join(folder, "plugin");
  const committed = [
    "PulumiPlugin.yaml",
    "index.ts",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    ".npmrc",
  ];
  for (const name of committed) cpSync(join(plugin, name), join(copy, name));
  const settings = join(copy, "PulumiPlugin.yaml");
  writeFileSync(settings, readFileSync(settings, "utf8").replace(pinnedRelease().provider, provider));
  return copy;
}

runCommand(renew);
