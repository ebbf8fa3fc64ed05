import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { endFailed, ensureToolchain, ToolchainError } from "../toolchain";
import { pinnedRelease } from "../toolchain/release";
import manifest from "./package.json";

const repository = join(__dirname, "..", "..");
const dist = join(repository, "dist");

/** Compiles the components with their imports, and adds the other files of the npm package. */
async function build(): Promise<void> {
  // The compiler needs the SDK's types.
  await ensureToolchain(console.error);
  rmSync(dist, { recursive: true, force: true });
  const tsc = [require.resolve("typescript/bin/tsc"), "-p", __dirname];
  const { status } = spawnSync(process.execPath, tsc, { stdio: "inherit" });
  if (status !== 0) throw new ToolchainError("The components do not compile.");

  const { name, ...rest } = manifest;
  writeFileSync(join(dist, "package.json"), JSON.stringify({ name, version, ...rest }, undefined, 2));
  copyFileSync(join(repository, "LICENSE"), join(dist, "LICENSE"));
  writeFileSync(join(dist, "README.md"), readme());
  const sdk = { release: pinnedRelease().provider, resources: resourcesMade() };
  writeFileSync(join(dist, "tools", "package", "sdk.json"), JSON.stringify(sdk));
}

/** Returns the text of docs/library.md under the package's name. Links into the repository become plain text. */
function readme(): string {
  const { name, description } = manifest;
  const page = readFileSync(join(repository, "docs", "library.md"), "utf8");
  const text = page.replace(/^# .*\n/, "").replace(/\[([^\]]+)\]\((?!https:)[^)]*\)/g, "$1");
  return `# ${name}\n\n${description}.\n${text.trimEnd()}\n\nApache-2.0.\n`;
}

/** Returns the names of the SDK's resources that the compiled components create. */
function resourcesMade(): string[] {
  const made = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(dist, file), "utf8"))
    .flatMap((code) => [...code.matchAll(/\bnew yandex\.(\w+)\(/g)].map(([, name = ""]) => name));
  return [...new Set(made)].sort();
}

build().catch(endFailed);
