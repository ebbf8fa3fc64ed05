import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Stack } from "@pulumi/pulumi/automation";
import { AuditTrails } from "../components";
import { type Emulator, startEmulator } from "../emulator";
import { ensureToolchain, type Toolchain } from "../toolchain";
import { measureCloud } from "./benchCloud";
import { openStack } from "./engine";
import { isolateFromRealAccounts } from "./environment";
import { MemoryOfDescendants } from "./processes";
import { columns } from "./report";
import { hasTerraform, TerraformStack } from "./terraform";

/** What one command took. */
interface Measurement {
  readonly command: string;
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds during which the cloud was working on at least one call. */
  readonly busy: number;
  readonly calls: number;
  /** Peak memory of engine and plugins, MB. */
  readonly memory: number;
}

const run = promisify(execFile);
const latencies = [0, 200];
const sizes = [1, 10, 50];

async function measure(
  emulator: Emulator,
  command: string,
  work: () => Promise<unknown>,
): Promise<Measurement> {
  const { traffic } = emulator.cloud;
  traffic.reset();
  const memory = new MemoryOfDescendants();
  const started = performance.now();
  try {
    await work();
  } finally {
    memory.stop();
  }
  const wall = (performance.now() - started) / 1000;
  return { command, wall, busy: traffic.busy / 1000, calls: traffic.calls, memory: memory.peak };
}

const asRow = ({ command, wall, busy, calls, memory }: Measurement): string[] => [
  command,
  `${wall.toFixed(2)} s`,
  `${busy.toFixed(2)} s`,
  `${(wall - busy).toFixed(2)} s`,
  busy > 0 ? (wall / busy).toFixed(2) : "",
  String(calls),
  `${memory.toFixed(0)} MB`,
];

function print(title: string, measurements: readonly Measurement[]): void {
  const header = ["", "wall", "busy", "our own", "wall/busy", "calls", "memory"];
  console.log([`\n${title}`, ...columns([header, ...measurements.map(asRow)])].join("\n"));
}

/** The four commands on one stack. */
async function measureCommands(emulator: Emulator, stack: Stack): Promise<Measurement[]> {
  return [
    await measure(emulator, "up", () => stack.up()),
    await measure(emulator, "preview, no change", () => stack.preview({ expectNoChanges: true })),
    await measure(emulator, "preview --refresh", () =>
      stack.preview({ refresh: true, expectNoChanges: true }),
    ),
    await measure(emulator, "destroy", () => stack.destroy({ runProgram: true })),
  ];
}

async function measureTerraform(
  folder: string,
  toolchain: Toolchain,
  emulator: Emulator,
): Promise<Measurement[]> {
  mkdirSync(folder);
  const terraform = new TerraformStack(folder, toolchain, emulator);
  return [
    await measure(emulator, "terraform apply", () => terraform.apply()),
    await measure(emulator, "terraform plan -refresh=false", () => terraform.plan("-refresh=false")),
    await measure(emulator, "terraform plan", () => terraform.plan()),
  ];
}

/** What a preview is made of, each part alone. */
async function measureParts(
  emulator: Emulator,
  toolchain: Toolchain,
  folder: string,
): Promise<Measurement[]> {
  const pulumi = join(toolchain.root, "bin", "pulumi");
  const environment = { ...process.env, ...toolchain.environment };
  const repository = join(__dirname, "..");
  const program = ["--import", "tsx", "--eval", 'require("./stack"); require("./config")'];
  const schema = ["package", "get-schema", "terraform-provider", "yandex-cloud/yandex", "0.137.0"];
  const empty = await openStack({
    toolchain,
    emulator,
    folder: join(folder, "empty"),
    program: async () => ({}),
  });
  const options = { cwd: repository, env: environment, maxBuffer: 64 << 20 };
  return [
    await measure(emulator, "engine: pulumi version", () => run(pulumi, ["version"], options)),
    await measure(emulator, "engine and SDK: preview of an empty program", () => empty.preview()),
    await measure(emulator, "plugins: schema of the provider", () => run(pulumi, schema, options)),
    await measure(emulator, "Node: start, compile and load the program", () =>
      run(process.execPath, program, options),
    ),
  ];
}

/** What is measured with, for all sections. */
interface Bench {
  readonly toolchain: Toolchain;
  readonly folder: string;
}

async function commands({ toolchain, folder }: Bench): Promise<void> {
  for (const latency of latencies) {
    await using emulator = await startEmulator();
    emulator.cloud.faults.delay({ method: "" }, latency);
    const { organizationId, folderId } = emulator.cloud;
    const config = {
      organizationId,
      folderId,
      bucketName: "audit-logs",
      protected: false,
      onRemoval: "deleteIfEmpty",
      activeWindow: 0,
    };
    const stack = await openStack({
      toolchain,
      emulator,
      folder: join(folder, `latency-${latency}`),
      config,
    });
    const pulumi = await measureCommands(emulator, stack);
    print(
      `${latency} ms per call (destroy: 10 s of it is the provider's own wait after deleting a bucket)`,
      pulumi,
    );
    if (!hasTerraform()) continue;
    const terraform = await measureTerraform(join(folder, `terraform-${latency}`), toolchain, emulator);
    print(`${latency} ms per call, Terraform with the same resources, provider and cloud`, terraform);
    const [up, preview, refresh] = pulumi;
    const pairs = [up, preview, refresh].map((one, i) => {
      const other = terraform[i];
      const ratio = one && other ? (one.wall / other.wall).toFixed(2) : "";
      return [`${one?.command} / ${other?.command}`, ratio];
    });
    console.log(["\nRatio of walls", ...columns(pairs)].join("\n"));
  }
}

async function parts({ toolchain, folder }: Bench): Promise<void> {
  await using emulator = await startEmulator();
  print("Where our own time goes", await measureParts(emulator, toolchain, folder));
}

async function scale({ toolchain, folder }: Bench): Promise<void> {
  const measured: Measurement[] = [];
  for (const size of sizes) {
    // Fifty trails need a quota that a real cloud raises on request only.
    await using emulator = await startEmulator({
      quotas: { trails: size, buckets: size, serviceAccounts: size },
    });
    const { organizationId, folderId } = emulator.cloud;
    const program = async () => {
      for (let i = 0; i < size; i += 1)
        new AuditTrails(`trail-${i}`, {
          organizationId,
          folderId,
          bucketName: `audit-logs-${i}`,
          activeWindow: 0,
        });
      return {};
    };
    const stack = await openStack({ toolchain, emulator, folder: join(folder, `size-${size}`), program });
    measured.push(await measure(emulator, `up of ${size}`, () => stack.up()));
    measured.push(
      await measure(emulator, `preview of ${size}, no change`, () =>
        stack.preview({ expectNoChanges: true }),
      ),
    );
  }
  print("Stacks of several organization audit trails, 0 ms per call, raised quotas", measured);
}

async function cloud(): Promise<void> {
  console.log(
    ["\nThe local cloud, with its client on the same machine", ...columns(await measureCloud())].join("\n"),
  );
}

const sections: Readonly<Record<string, (bench: Bench) => Promise<void>>> = { commands, parts, scale, cloud };

/** Measures the sections that are named, or all. */
async function main(): Promise<void> {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !sections[name]);
  if (unknown.length > 0)
    throw new Error(
      `There is no section ${unknown.join(", ")}. There are ${Object.keys(sections).join(", ")}.`,
    );
  const toolchain = await ensureToolchain(console.log);
  isolateFromRealAccounts();
  const folder = mkdtempSync(join(tmpdir(), "audit-trails-bench-"));
  console.log(
    "Wall: from start to end. Busy: while the local cloud was working on at least one call. Our own: the rest,",
  );
  console.log("with the engine, the plugins and Node. Each figure was measured once.");
  for (const [name, section] of Object.entries(sections))
    if (names.length === 0 || names.includes(name)) await section({ toolchain, folder });
  rmSync(folder, { recursive: true });
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
