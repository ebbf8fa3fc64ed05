import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { type Emulator, startEmulator } from "../../emulator";
import { localEnvironment } from "../../tools/local/environment";
import { ensureToolchain } from "../../tools/toolchain";
import { buildPackage } from "../support/builtPackage";
import { TemporaryFolder } from "../support/fakes";
import { GitServer } from "../support/gitServer";
import { nameReleaseInUse } from "../support/releaseInUse";

const repository = join(__dirname, "..", "..");
/** The commands of docs/library.md for a new program, in their order. */
const [pack = "", create = ""] =
  /```sh\n(npm pack <clone>\/dist).*\n(pulumi new https:.+)\n/
    .exec(readFileSync(join(repository, "docs", "library.md"), "utf8"))
    ?.slice(1) ?? [];

const folder = new TemporaryFolder();
const program = join(folder.path, "acme-audit-logs");
let emulator: Emulator;
let git: GitServer;

beforeAll(async () => {
  emulator = await startEmulator();
  const served = join(folder.path, "git");
  const clone = join(served, "owner", "trails.git");
  const copy = join(folder.path, "copy");
  execFileSync("git", ["clone", "--quiet", repository, copy]);
  await ensureToolchain(() => {});
  // Where the pinned release cannot be downloaded, the template is tried with the one that is in use.
  nameReleaseInUse(join(copy, "template", "Pulumi.yaml"));
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  execFileSync("git", ["-C", copy, ...author, "commit", "--quiet", "--allow-empty", "-am", "Release in use"]);
  execFileSync("git", ["clone", "--quiet", "--bare", copy, clone]);
  execFileSync("git", ["-C", clone, "update-ref", "refs/heads/main", "HEAD"]);
  git = await GitServer.start(served);
  for (const path of [program, join(folder.path, "state")]) mkdirSync(path);
  await buildPackage();
}, 600_000);

afterAll(async () => {
  git?.[Symbol.dispose]();
  await emulator?.close();
  folder[Symbol.dispose]();
});

/** Runs a command in the program's folder. @returns all that it printed. @throws {Error} with that, if it fails. */
async function run(command: string, more: readonly string[] = [], variables: NodeJS.ProcessEnv = {}) {
  const toolchain = await ensureToolchain(() => {});
  const [name = "", ...args] = command.split(" ");
  const env = { ...localEnvironment({ toolchain, emulator, folder: folder.path }), ...variables };
  const { stdout, stderr } = await promisify(execFile)(name, [...args, ...more], { cwd: program, env }).catch(
    ({ stdout, stderr }) => {
      throw new Error(stdout + stderr);
    },
  );
  return stdout + stderr;
}

test("pulumi new makes a program with the user's name, pipelines and three ids, and its first up is green", async () => {
  const { organizationId, folderId } = emulator.cloud;
  const ids = { organizationId, folderId, bucketName: "acme-audit-logs" };
  await run(pack.replace("<clone>", repository), [], git.environment);
  const address = create.replace("https://<host>/<owner>/<repository>", `${git.url}/owner/trails.git`);
  const answers = Object.entries(ids).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
  const options = ["--name", "acme-audit-logs", "--stack", "prod", "--yes", ...answers];
  expect(await run(address, options, git.environment)).toContain("Your new project is ready to go!");

  const read = (file: string) => readFileSync(join(program, file), "utf8");
  expect(parse(read("Pulumi.yaml")).name).toBe("acme-audit-logs");
  expect(JSON.parse(read("package.json")).name).toBe("acme-audit-logs");
  for (const [key, value] of Object.entries(ids))
    expect(parse(read("Pulumi.prod.yaml")).config[`acme-audit-logs:${key}`]).toBe(value);
  for (const file of readdirSync(join(repository, "template", ".github", "workflows")))
    expect(read(`.github/workflows/${file}`)).toBe(
      readFileSync(join(repository, "examples", "pipelines", "github", file), "utf8"),
    );
  expect(existsSync(join(program, ".gitlab-ci.yml"))).toBe(true);

  await run("pulumi up --stack prod --yes --skip-preview --non-interactive");
  expect(emulator.cloud.trails.all()).toMatchObject([{ status: "ACTIVE" }]);
  emulator.cloud.clock.advance({ minutes: 5 });
  const verify = run("npm exec --no -- audit-trails verify --stack prod --quick");
  expect(await verify.catch((error: Error) => error.message)).toContain(
    "ok   status     The trail is ACTIVE.",
  );
  // Protected, as in the program of this repository.
  await expect(run("pulumi destroy --run-program --stack prod --yes --non-interactive")).rejects.toThrow(
    "protected",
  );
}, 900_000);
