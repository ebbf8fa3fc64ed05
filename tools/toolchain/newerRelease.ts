import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { endFailed, ensureToolchain, ToolchainError } from ".";
import { ensureCached } from "./cache";
import { pinnedRelease } from "./release";
import { makeSdk } from "./sdk";

const repository = join(__dirname, "..", "..");
const schema = join(repository, "test", "data", `schema-${pinnedRelease().provider}.json`);
const tsc = require.resolve("typescript/bin/tsc");

/**
 * Type-checks program and components against the SDK of the pinned release of the provider, which is generated from its schema:
 * the release itself is not needed.
 *
 * @throws {ToolchainError} with the compiler's messages.
 */
async function main(): Promise<void> {
  const { pulumi, environment } = await ensureToolchain(console.log);
  const hash = createHash("sha256").update(pulumi).update(readFileSync(schema)).digest("hex").slice(0, 16);
  const folder = await ensureCached(`sdk-${hash}`, console.log, async (aside) => {
    makeSdk(pulumi, [schema], aside, { ...process.env, ...environment });
    return ["sdk/bin/index.d.ts"];
  });
  const project = join(folder, "tsconfig.json");
  writeFileSync(
    project,
    JSON.stringify({
      extends: join(repository, "tsconfig.json"),
      compilerOptions: {
        noEmit: true,
        rootDir: "/",
        types: ["node"],
        typeRoots: [join(repository, "node_modules", "@types")],
        paths: {
          "@pulumi/yandex": [join(folder, "sdk", "bin", "index.d.ts")],
          "*": [join(repository, "node_modules", "*")],
        },
      },
      include: [join(repository, "index.ts"), join(repository, "components")],
      exclude: [],
    }),
  );
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", project], {
    encoding: "utf8",
    cwd: repository,
  });
  if (status !== 0)
    throw new ToolchainError(`The components do not fit the SDK of the schema ${schema}:\n${stdout}`);
}

main().catch(endFailed);
