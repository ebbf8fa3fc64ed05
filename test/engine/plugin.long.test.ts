import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { type Emulator, startEmulator } from "../../emulator";
import { localEnvironment } from "../../tools/local/environment";
import { breakingChanges, type PackageSchema } from "../../tools/local/schemaChanges";
import { ensureToolchain, ensureYamlHost, type Toolchain } from "../../tools/toolchain";
import { pinnedRelease } from "../../tools/toolchain/release";
import { TemporaryFolder } from "../support/fakes";
import { GitServer } from "../support/gitServer";
import { diagnosticsOf } from "../support/localStack";

const plugin = join(__dirname, "..", "..", "plugin");
const { name, version } = JSON.parse(readFileSync(join(plugin, "package.json"), "utf8"));
const token = `${name}:index:AuditTrails`;
const committed: PackageSchema = JSON.parse(readFileSync(join(plugin, "schema.json"), "utf8"));

const folder = new TemporaryFolder();
const consumer = join(folder.path, "consumer");
let git: GitServer;
let toolchain: Toolchain;
let found: NodeJS.ProcessEnv;
/** Address from which the engine gets the plugin: git's HEAD, without node_modules and sdks. */
let source: string;

beforeAll(async () => {
  toolchain = await ensureToolchain(() => {});
  const yamlHost = await ensureYamlHost(() => {});
  const home = join(folder.path, "home");
  cpSync(toolchain.environment.PULUMI_HOME ?? "", home, { recursive: true });
  found = { PULUMI_HOME: home, PATH: `${yamlHost}:${process.env.PATH}` };

  const served = join(folder.path, "git");
  const clone = join(served, "owner", "trails.git");
  const edited = join(folder.path, "edited");
  execFileSync("git", ["clone", "--quiet", join(plugin, ".."), edited]);
  nameProvider(edited, toolchain.release.provider);
  execFileSync("git", ["clone", "--quiet", "--bare", edited, clone]);
  execFileSync("git", ["-C", clone, "tag", "--force", `v${version}`]);
  git = await GitServer.start(served);
  source = `${git.url}/owner/trails.git/plugin@${version}`;

  mkdirSync(consumer);
  writeFileSync(join(consumer, "Pulumi.yaml"), stringify({ name: "consumer", runtime: "yaml" }));
  const { code, output } = await pulumi(["package", "add", source], git.environment);
  expect([code, output]).toEqual([0, expect.stringContaining(`Added package owner/${name}`)]);
  await using emulator = await startEmulator();
  mkdirSync(join(folder.path, "state"));
  await pulumi(["stack", "init", "dev"], localEnvironment({ toolchain, emulator, folder: folder.path }));
}, 20 * 60_000);

afterAll(() => {
  git?.[Symbol.dispose]();
  folder[Symbol.dispose]();
});

/** Has the plugin in a clone name the release in use, where the pinned one cannot be downloaded. */
function nameProvider(clone: string, provider: string): void {
  const file = join(clone, "plugin", "PulumiPlugin.yaml");
  const text = readFileSync(file, "utf8");
  const named = text.replace(pinnedRelease().provider, provider);
  if (named === text) return;
  writeFileSync(file, named);
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.test"];
  execFileSync("git", [...author, "-C", clone, "commit", "--quiet", "--all", "--message", "Another release"]);
}

/** Runs the CLI in the folder of the YAML program. */
async function pulumi(args: readonly string[], variables: NodeJS.ProcessEnv) {
  const child = spawn(toolchain.pulumi, [...args, "--color", "never"], {
    cwd: consumer,
    env: { ...process.env, ...toolchain.environment, ...variables, ...found },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stdout, output: stdout + stderr };
}

/** An `up` of a YAML program that has the component with the required arguments and these. */
async function up(emulator: Emulator, args: Readonly<Record<string, unknown>> = {}) {
  const { organizationId, folderId } = emulator.cloud;
  const properties = { organizationId, folderId, bucketName: "audit-logs", ...args };
  const file = join(consumer, "Pulumi.yaml");
  const program = {
    ...parse(readFileSync(file, "utf8")),
    resources: { audit: { type: token, properties } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of Pulumi YAML
    outputs: { trails: "${audit.trails}" },
  };
  writeFileSync(file, stringify(program));
  const environment = localEnvironment({ toolchain, emulator, folder: folder.path });
  return pulumi(["up", "--stack", "dev", "--yes", "--skip-preview"], environment);
}

/** Returns the schema that the engine reads from the fetched plugin. */
async function fetchedSchema(): Promise<PackageSchema> {
  const { code, stdout, output } = await pulumi(["package", "get-schema", source], git.environment);
  if (code !== 0) throw new Error(output);
  return JSON.parse(stdout);
}

test("its schema takes nothing away from programs of other languages, and is the committed one", async () => {
  const { resources, types } = await fetchedSchema();
  expect(breakingChanges(committed, { resources, types })).toEqual([]);
  // Where only this fails there are additions: npm run schema
  expect({ resources, types }).toEqual({ resources: committed.resources, types: committed.types });
});

test("from git a YAML program brings it up, hooks included, and a trail in ERROR fails its next up with the reason", async () => {
  await using emulator = await startEmulator();
  const { cloud } = emulator;
  // A hook in the plugin has the engine try again.
  cloud.faults.fail({ method: "TrailService/Create" }, "PERMISSION_DENIED", { times: 1 });
  const first = await up(emulator);
  expect([first.code, first.output]).toEqual([0, expect.stringContaining("+ 13 created")]);
  expect(first.output).toMatch(/trailStatus *: "ACTIVE"/);
  expect(cloud.traffic.counts.get("yandex.cloud.audittrails.v1.TrailService/Create")).toBe(2);

  const subject = { type: "serviceAccount", id: cloud.trails.all()[0]?.serviceAccountId ?? "" };
  cloud.access.remove(cloud.organizationId, { roleId: "audit-trails.viewer", subject });
  cloud.clock.advance({ minutes: 5 });
  const inputs = Object.keys(committed.resources[token]?.inputProperties ?? {});
  const patience = inputs.find((input) => input.startsWith("activeTimeout")) ?? "";
  const second = await up(emulator, { [patience]: 1 });
  expect(second.code).not.toBe(0);
  expect(second.output).toContain(
    `${token} resource 'audit' has a problem: The trail is in status ERROR: no log is delivered. ` +
      'The service says: "ACCESS_DENIED: Permission denied".',
  );
  expect(second.output).toContain("has no role audit-trails.viewer on organization ");
});

test("for wrong arguments it prints only the list of faults", async () => {
  await using emulator = await startEmulator();
  const { output } = await up(emulator, { bucketName: "Wrong", retention: { expireAfterDays: 0 } });
  const [, ...lines] = diagnosticsOf(output);
  // The CLI warns of the host that this test gives it.
  expect(lines.filter((line) => !line.startsWith("warning: using pulumi-language-yaml"))).toEqual([
    `error: ${token} resource 'audit' has a problem: AuditTrails "audit": 2 invalid arguments. None of its resources was changed.`,
    expect.stringMatching(/^- bucketName: must consist of .*, not "Wrong"$/),
    "- retention.expireAfterDays: must be at least 1, not 0",
  ]);
});
