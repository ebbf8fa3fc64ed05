import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "../../emulator";
import root from "../../package.json";
import { CliError } from "../../tools/local/cliStack";
import { localEnvironment } from "../../tools/local/environment";
import manifest from "../../tools/package/package.json";
import { ensureToolchain, type Toolchain } from "../../tools/toolchain";
import { pinnedRelease } from "../../tools/toolchain/release";
import { buildPackage } from "../support/builtPackage";
import { TemporaryFolder } from "../support/fakes";

const repository = join(__dirname, "..", "..");
const page = readFileSync(join(repository, "docs", "library.md"), "utf8");
const [, example = ""] = /```ts\n([^`]*"yandex-audit-trails"[^`]*)```/.exec(page) ?? [];
/** The commands of docs/library.md, in their order. */
const [pack = "", addSdk = "", install = ""] =
  /```sh\n(npm pack <clone>\/dist).*\n(pulumi package add .+)\n(npm install \S+\.tgz .+)\n/
    .exec(page)
    ?.slice(1) ?? [];

let toolchain: Toolchain;
let emulator: Emulator;
let folder: TemporaryFolder;
/** A program whose folder was empty before these commands. */
let program: string;
/** The same without the command for the SDK. */
let without: string;

beforeAll(async () => {
  toolchain = await ensureToolchain(() => {});
  emulator = await startEmulator();
  folder = new TemporaryFolder();
  mkdirSync(join(folder.path, "state"));
  await buildPackage();
  program = emptyProgram("program");
  without = emptyProgram("without");
  for (const path of [program, without]) await run(pack.replace("<clone>", repository), path);
  const installed = run(install, without);
  // Where the release that the README names cannot be downloaded, another one takes its place.
  await run(addSdk.replace(pinnedRelease().provider, toolchain.release.provider), program);
  await run(install, program);
  await installed;
}, 600_000);

afterAll(async () => {
  await emulator.close();
  folder[Symbol.dispose]();
});

function emptyProgram(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(path);
  writeFileSync(join(path, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
  writeFileSync(join(path, "package.json"), JSON.stringify({ name, private: true }));
  const { organizationId, folderId } = emulator.cloud;
  writeFileSync(
    join(path, "index.ts"),
    example.replace('"bpf..."', `"${organizationId}"`).replace('"b1g..."', `"${folderId}"`),
  );
  return path;
}

/** @returns all that the command printed. @throws {CliError} with that, if it fails. */
async function run(command: string, cwd: string): Promise<string> {
  const [name = "", ...args] = command.split(" ");
  const { HTTP_PROXY, ...environment } = localEnvironment({ toolchain, emulator, folder: folder.path });
  // Npm would ask the local cloud for packages.
  const env = /^pulumi (?!package)/.test(command) ? { ...environment, HTTP_PROXY } : environment;
  const { stdout, stderr } = await promisify(execFile)(name === "pulumi" ? toolchain.pulumi : name, args, {
    cwd,
    env,
  }).catch(({ stdout, stderr }) => {
    throw new CliError(stdout + stderr);
  });
  return stdout + stderr;
}

/** Returns the output of a command that must fail. */
const failure = (command: string, cwd: string): Promise<string> =>
  run(command, cwd).then(
    () => {
      throw new Error("it succeeded");
    },
    (error: CliError) => error.message,
  );

test("the page's example compiles under this repository's own options, declarations included", async () => {
  // Without its paths, which lead to the sources.
  const compilerOptions = { rootDir: ".", noEmit: true, skipLibCheck: false, types: ["node"], paths: {} };
  const options = { extends: join(repository, "tsconfig.json"), compilerOptions, include: ["index.ts"] };
  writeFileSync(join(program, "tsconfig.strict.json"), JSON.stringify(options));
  await run("node_modules/.bin/tsc -p tsconfig.strict.json", program);
});

test("the CLI deploys the page's example, and its trail is ACTIVE", async () => {
  await run("pulumi stack init dev", program);
  await run("pulumi up --stack dev --yes --skip-preview --non-interactive", program);
  const { resources } = JSON.parse(await run("pulumi stack export --stack dev", program)).deployment;
  const trails = resources.filter(({ type }: { type: string }) => type.endsWith(":index:Trail"));
  expect(trails).toMatchObject([{ outputs: { trailStatus: "ACTIVE" } }]);
});

test("the command is installed with it, and reports on a change of the example", async () => {
  const exported = await run("pulumi stack export --stack dev", program);
  const printed = await run("pulumi preview --json --stack dev --non-interactive", program);
  writeFileSync(join(program, "state.json"), exported);
  writeFileSync(join(program, "preview.json"), printed);
  const diff = "npm exec --no -- audit-trails diff --preview preview.json --state state.json";
  expect(await run(diff, program)).toContain("Audit logs of stack dev: unchanged");
});

test("ES modules import it by name too", async () => {
  writeFileSync(
    join(program, "esm.mjs"),
    `import { AuditTrails } from "${manifest.name}";\nAuditTrails.name;`,
  );
  await run("node esm.mjs", program);
});

test("only the dependencies that the package names are installed for it", () => {
  const { packages } = JSON.parse(readFileSync(join(program, "node_modules", ".package-lock.json"), "utf8"));
  const others = Object.entries<Partial<typeof manifest>>(packages)
    .filter(([path]) => path !== `node_modules/${manifest.name}`)
    .flatMap(([, one]) => Object.keys({ ...one.dependencies, ...one.peerDependencies }));
  const installed = Object.keys({ ...root.dependencies, ...root.devDependencies })
    .filter((name) => !others.includes(name) && !(name in manifest.peerDependencies))
    .filter((name) => existsSync(join(program, "node_modules", name)));
  expect(installed.filter((name) => !(name in manifest.dependencies))).toEqual([]);
  for (const name of Object.keys(manifest.dependencies))
    expect([name, existsSync(join(program, "node_modules", name))]).toEqual([name, true]);
});

describe("without the right SDK", () => {
  const sdk = () => join(without, "node_modules", "@pulumi", "yandex");

  function fakeSdk(main: string, code?: string): void {
    mkdirSync(sdk());
    writeFileSync(join(sdk(), "package.json"), JSON.stringify({ name: "@pulumi/yandex", main }));
    if (code) writeFileSync(join(sdk(), main), code);
  }

  afterEach(() => rmSync(sdk(), { recursive: true, force: true }));

  const imports = `node -e require("${manifest.name}")`;

  test("the program compiles, and fails with the page's command for the SDK alone", async () => {
    await run("pulumi stack init dev", without);
    const output = await failure("pulumi preview --stack dev --non-interactive", without);
    expect(output).toContain(`error: There is no SDK @pulumi/yandex. Run \`${addSdk}\`.\n`);
    expect(output).not.toMatch(/^\s+at /m);
    expect(addSdk).toContain(` ${pinnedRelease().provider}`);
  });

  test("a link to an SDK that is not generated yet counts as missing", async () => {
    symlinkSync("../../sdks/yandex", sdk());
    expect(await failure(imports, without)).toContain(`There is no SDK @pulumi/yandex. Run \`${addSdk}\`.\n`);
  });

  test("an SDK that is too old is reported with its missing parts", async () => {
    fakeSdk("index.js", "exports.StorageBucket = class {};");
    expect(await failure(imports, without)).toMatch(
      /is too old: it has no AuditTrailsTrail, IamServiceAccount, /,
    );
  });
});
