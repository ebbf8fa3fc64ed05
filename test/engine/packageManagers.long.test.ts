import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "../../emulator";
import root from "../../package.json";
import { localEnvironment } from "../../tools/local/environment";
import { backendOf } from "../../tools/local/state";
import packed from "../../tools/package/package.json";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { buildPackage } from "../support/builtPackage";
import { TemporaryFolder } from "../support/fakes";

const repository = join(__dirname, "..", "..");

/** Package managers with how they install a program: some run no install script, and others run none by option. */
const managers: Readonly<Record<string, { readonly from: string; readonly install: string }>> = {
  npm: { from: "npm", install: "npm install --ignore-scripts" },
  pnpm: { from: "pnpm@12.21.0", install: "pnpm install" },
  yarn: { from: "@yarnpkg/cli-dist@4.18.1", install: "yarn install" },
  "yarn 1": { from: "yarn@1.22.22", install: "yarn install --ignore-scripts" },
  bun: { from: "bun@1.4.5", install: "bun install" },
};

let toolchain: Toolchain;
let emulator: Emulator;
let folder: TemporaryFolder;

beforeAll(async () => {
  toolchain = await ensureToolchain(() => {});
  emulator = await startEmulator();
  folder = new TemporaryFolder();
  await buildPackage();
  await promisify(execFile)("npm", ["pack", join(repository, "dist")], { cwd: folder.path });
}, 300_000);

afterAll(async () => {
  await emulator.close();
  folder[Symbol.dispose]();
});

/** A program with an SDK that has the manifest and the install script of the real one, and a fraction of its sources. */
function makeProgram(path: string): void {
  const sdk = join(path, "sdks", "yandex");
  mkdirSync(sdk, { recursive: true });
  const real = join(dirname(toolchain.environment.PULUMI_DYNAMIC_TF_PLUGIN_CACHE_DIR ?? ""), "sdk");
  for (const file of ["package.json", "scripts"])
    cpSync(join(real, file), join(sdk, file), { recursive: true });
  const { resources } = JSON.parse(
    readFileSync(join(repository, "dist", "tools", "package", "sdk.json"), "utf8"),
  );
  const classes = resources.map((name: string) => `export class ${name} {}`).join("\n");
  writeFileSync(join(sdk, "index.ts"), `${classes}\n`);
  const compilerOptions = {
    ...{ outDir: "bin", target: "ES2022", module: "nodenext", moduleResolution: "nodenext" },
    ...{ types: ["node"], skipLibCheck: true, declaration: true },
  };
  writeFileSync(join(sdk, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));

  const { "@pulumi/pulumi": pulumi } = root.dependencies;
  const { typescript } = root.devDependencies;
  const dependencies = {
    ...{ "@pulumi/pulumi": pulumi, "@pulumi/yandex": "file:sdks/yandex", typescript },
    [packed.name]: `file:../${packed.name}-${root.version}.tgz`,
  };
  writeFileSync(join(path, "package.json"), JSON.stringify({ name: "program", private: true, dependencies }));
  writeFileSync(join(path, "Pulumi.yaml"), "name: program\nruntime: nodejs\n");
  writeFileSync(join(path, "index.ts"), `import "${packed.name}";\nexport const isLoaded = "yes";\n`);
}

/**
 * Installs a program. A registry that refuses a request is asked again: that is no fault of the program.
 *
 * @throws {Error} with what the package manager printed, if the packages are still missing after three tries.
 */
async function installed(install: () => Promise<string>, path: string): Promise<void> {
  let output = "";
  for (let tries = 0; tries < 3; tries += 1) {
    output = await install();
    if (existsSync(join(path, "node_modules", "@pulumi", "pulumi", "package.json"))) return;
  }
  throw new Error(`The packages were not installed:\n${output}`);
}

test.each(Object.entries(managers))(
  "with %s, under Pulumi's runner, an SDK that is not compiled is reported with the command that compiles it",
  async (name, { from, install }) => {
    const path = join(folder.path, `of ${name}`);
    makeProgram(path);
    const tools = join(folder.path, `tools of ${name}`);
    mkdirSync(tools);
    writeFileSync(
      join(tools, "package.json"),
      JSON.stringify({ private: true, allowScripts: { bun: true } }),
    );
    if (from !== "npm") await promisify(execFile)("npm", ["install", from], { cwd: tools });

    const { HTTP_PROXY, ...environment } = localEnvironment({ toolchain, emulator, folder: path });
    mkdirSync(backendOf(path), { recursive: true });
    const run = async (command: string, variables: NodeJS.ProcessEnv = {}) => {
      const PATH = [dirname(toolchain.pulumi), join(tools, "node_modules", ".bin"), environment.PATH].join(
        ":",
      );
      // Under CI yarn refuses to write a lock file, and a new program has none.
      const yarn = { YARN_NODE_LINKER: "node-modules", YARN_ENABLE_IMMUTABLE_INSTALLS: "false" };
      const env = { ...environment, PATH, ...yarn, ...variables };
      return promisify(execFile)("sh", ["-c", command], { cwd: path, env, maxBuffer: 1e9 }).then(
        ({ stdout, stderr }) => stdout + stderr,
        ({ stdout, stderr }) => stdout + stderr,
      );
    };
    // It is a project of its own, and not part of one above.
    if (name === "yarn") writeFileSync(join(path, "yarn.lock"), "");
    await installed(() => run(install), path);
    await run("pulumi stack init dev", { HTTP_PROXY });
    const preview = "pulumi preview --stack dev --non-interactive";
    const output = await run(preview, { HTTP_PROXY });
    const [line = output, command = ""] =
      /error: The SDK @pulumi\/yandex is not compiled.* Run `(.+)`\.\n/.exec(output) ?? [];
    expect([line, command]).toEqual([line, expect.stringContaining(name.split(" ")[0] as string)]);
    await run(command);
    expect(await run(preview, { HTTP_PROXY })).toContain('isLoaded: "yes"');
  },
  300_000,
);
