import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Emulator, startEmulator } from "../../emulator";
import { CliStack } from "../local/cliStack";
import { isolateFromRealAccounts, localEnvironment } from "../local/environment";
import { columns } from "../local/report";
import { ensureToolchain, type Toolchain } from "../toolchain";
import { measureCloud } from "./cloud";
import { countKills } from "./kills";
import { type Measurement, measure, medians, print, printRatio } from "./measurement";
import { partsOfPreview } from "./parts";
import { longestChain, measurePreflight } from "./preflight";
import { measureSearch } from "./search";
import { hasTerraform, TerraformStack } from "./terraform";
import { measureVerify } from "./verify";

const run = promisify(execFile);
const repository = join(__dirname, "..", "..");

const latencies = [0, 200];
const rounds = 3;
const sizes = [1, 10, 50];

/** Toolchain and folder for all sections. */
interface Bench {
  readonly toolchain: Toolchain;
  readonly folder: string;
}

const configOf = ({ cloud: { organizationId, folderId } }: Emulator) => ({
  organizationId,
  folderId,
  bucketName: "audit-logs",
  protected: false,
  onRemoval: "deleteIfEmpty",
  // Skips the wait for a stable status, which is ten seconds by default.
  activeWindowSeconds: 0,
});

/**
 * Measures the commands of users on a fresh cloud. If Terraform is installed, it also measures Terraform with the same
 * resources.
 */
async function round({ toolchain, folder }: Bench, latency: number): Promise<Measurement[]> {
  await using emulator = await startEmulator();
  emulator.cloud.faults.delay({ method: "" }, latency);
  const own = mkdtempSync(join(folder, "stack-"));
  const stack = await CliStack.open({ toolchain, emulator, folder: own, config: configOf(emulator) });
  const same = "--expect-no-changes";
  const measured = [
    await measure(emulator, "pulumi version", () => run(toolchain.pulumi, ["version"])),
    await measure(emulator, "pulumi up --skip-preview", () => stack.up()),
    await measure(emulator, "pulumi preview", () => stack.preview({ args: [same] })),
    await measure(emulator, "pulumi preview --refresh", () => stack.preview({ args: ["--refresh", same] })),
  ];
  if (!hasTerraform()) return measured;
  const terraform = new TerraformStack(mkdtempSync(join(folder, "terraform-")), toolchain, emulator);
  return [
    ...measured,
    await measure(emulator, "terraform apply", () => terraform.apply()),
    await measure(emulator, "terraform plan -refresh=false", () => terraform.plan("-refresh=false")),
    await measure(emulator, "terraform plan", () => terraform.plan()),
  ];
}

async function commands(bench: Bench): Promise<void> {
  for (const latency of latencies) {
    const measured: Measurement[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(...(await round(bench, latency)));
    const middle = medians(measured);
    print(`${latency} ms per call, medians of ${rounds}`, middle);
    console.log("\nRatio of walls");
    printRatio(middle, "pulumi preview", "pulumi version");
    printRatio(middle, "pulumi up --skip-preview", "terraform apply");
    printRatio(middle, "pulumi preview --refresh", "terraform plan");
    printRatio(middle, "pulumi preview", "terraform plan -refresh=false");
  }
}

/** Measures the commands that read the cloud. */
async function operate(bench: Bench): Promise<void> {
  await preflights();
  await verifies(bench);
}

async function preflights(): Promise<void> {
  const latency = 200;
  const measured: Measurement[] = [];
  for (let i = 0; i < rounds; i += 1) {
    await using emulator = await startEmulator();
    emulator.cloud.faults.delay({ method: "" }, latency);
    measured.push(await measurePreflight(emulator));
  }
  const middle = medians(measured);
  print(`Commands that read the cloud, ${latency} ms per call, medians of ${rounds}`, middle);
  for (const { command, busy } of middle)
    console.log(
      `\n${command}, busy / its longest chain of ${longestChain} calls: ${(busy / ((latency * longestChain) / 1000)).toFixed(2)}`,
    );
}

async function parts({ toolchain, folder }: Bench): Promise<void> {
  await using emulator = await startEmulator();
  const run = { toolchain, emulator, folder: join(folder, "parts") };
  mkdirSync(run.folder);
  const stack = await CliStack.open(run);
  await stack.up();
  const rows = await partsOfPreview([toolchain.pulumi, "preview", "--stack", "dev"], {
    cwd: repository,
    env: localEnvironment(run),
  });
  console.log(["\nParts of the time of a preview, by the engine's log", ...rows].join("\n"));
}

async function scale({ toolchain, folder }: Bench): Promise<void> {
  const measured: Measurement[] = [];
  for (const size of sizes) {
    // Fifty trails need a higher quota. A real cloud raises it only on request.
    await using emulator = await startEmulator({
      quotas: { trails: size, buckets: size, serviceAccounts: size },
    });
    const own = mkdtempSync(join(folder, "size-"));
    const program = join(__dirname, "several.ts");
    const environment = { SIZE: String(size) };
    const config = configOf(emulator);
    const stack = await CliStack.open({ toolchain, emulator, folder: own, config, program, environment });
    measured.push(
      await measure(emulator, `up of ${size}`, () => stack.up()),
      await measure(emulator, `preview of ${size}, no change`, () =>
        stack.preview({ args: ["--expect-no-changes"] }),
      ),
    );
  }
  print("Stacks of several organization audit trails, 0 ms per call, raised quotas, each once", measured);
}

async function cloud(): Promise<void> {
  console.log(
    ["\nThe local cloud, with its client on the same machine", ...columns(await measureCloud())].join("\n"),
  );
}

async function verifies({ toolchain, folder }: Bench): Promise<void> {
  await using emulator = await startEmulator();
  const own = mkdtempSync(join(folder, "operate-"));
  const stack = await CliStack.open({ toolchain, emulator, folder: own, config: configOf(emulator) });
  await stack.up();
  const rows = await measureVerify(emulator, stack);
  console.log(["\naudit-trails verify --quick at 200 ms per call, in a running process", ...rows].join("\n"));
}

async function kills(): Promise<void> {
  console.log(["\nKilled before and after each call of the API", ...(await countKills())].join("\n"));
}

/** A million events take some ten minutes; `EVENTS=100000` measures fewer. */
async function search({ folder }: Bench): Promise<void> {
  console.log(
    ["\naudit-trails search, from a server on the same machine", ...(await measureSearch(folder))].join("\n"),
  );
}

const sections: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  commands,
  operate,
  parts,
  scale,
  cloud,
  kills,
  search,
};

/** Measures the named sections, or all. */
async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !sections[name]);
  if (unknown.length > 0)
    throw new Error(
      `Unknown section: ${unknown.join(", ")}. Sections are ${Object.keys(sections).join(", ")}.`,
    );
  const toolchain = await ensureToolchain(console.log);
  isolateFromRealAccounts();
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-bench-"));
  console.log(
    "Wall: the whole process, from start to end. Busy: while the local cloud was working on at least one call. Our own:",
  );
  console.log("the rest: CLI, language host, plugins, Node and program.");
  for (const [name, section] of Object.entries(sections))
    if (names.length === 0 || names.includes(name)) await section({ toolchain, folder });
  rmSync(folder, { recursive: true });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
