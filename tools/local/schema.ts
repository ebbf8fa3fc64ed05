import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureToolchain, ToolchainError } from "../toolchain";
import { pathWith } from "./environment";
import { breakingChanges } from "./schemaChanges";
import { runCommand } from "./session";

const plugin = join(__dirname, "..", "..", "plugin");
const file = join(plugin, "schema.json");

/** Renews plugin/schema.json, the schema of the components for other languages. */
async function renew(): Promise<number> {
  const { values } = parseArgs({ options: { breaking: { type: "boolean", default: false } } });
  const toolchain = await ensureToolchain(console.error);
  const { status, stdout } = spawnSync(toolchain.pulumi, ["package", "get-schema", plugin], {
    encoding: "utf8",
    env: { ...process.env, ...toolchain.environment, PATH: pathWith(toolchain) },
    stdio: ["ignore", "pipe", "inherit"],
  });
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

runCommand(renew);
