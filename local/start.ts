import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { startEmulator } from "../emulator";
import { ensureToolchain, type Toolchain, ToolchainError } from "../toolchain";
import { locked } from "../toolchain/lock";
import { openStack } from "./engine";
import { isolateFromRealAccounts } from "./environment";
import { readNewestLog } from "./logs";
import { reportOf, type TrailReport } from "./report";

/** Everything that one run leaves for the next. */
const defaultFolder = join(__dirname, "..", ".local");

const help = `Delivers audit logs on a local Yandex Cloud, with the real Pulumi engine and the real provider.

  npm start                      goes on from the state that the last run left in .local
  npm start -- --fresh           begins anew
  npm start -- --folder FOLDER   keeps the state in another folder
`;

async function start(folder: string, fresh: boolean, signal: AbortSignal): Promise<void> {
  const toolchain = await ensureToolchain(console.log);
  isolateFromRealAccounts();
  mkdirSync(folder, { recursive: true });
  await locked(join(folder, "lock"), console.log, () => deploy(toolchain, folder, fresh, signal));
}

async function deploy(
  toolchain: Toolchain,
  folder: string,
  fresh: boolean,
  signal: AbortSignal,
): Promise<void> {
  const stateFile = join(folder, "cloud.jsonl");
  const stackFolder = join(folder, "stack");
  if (fresh) for (const path of [stateFile, stackFolder]) rmSync(path, { recursive: true, force: true });

  await using emulator = await startEmulator({ stateFile });
  console.log(
    `Local Yandex Cloud: gRPC on ${emulator.endpoint}, Object Storage on ${emulator.storageProxy}\n`,
  );

  const stack = await openStack({ toolchain, emulator, folder: stackFolder });
  const { outputs } = await stack.up({
    refresh: true,
    onOutput: (text) => process.stdout.write(text),
    signal,
  });

  console.log("Trails deliver every five minutes: moving the local cloud's clock on by five.\n");
  emulator.cloud.clock.advance({ minutes: 5 });
  const deployment = await stack.exportStack();
  for (const trail of Object.values<TrailReport>(outputs.trails?.value)) {
    const log = await readNewestLog(emulator, trail.bucketName, trail.objectKeyPrefix);
    console.log(reportOf(deployment, trail, log));
  }
  console.log(`\nTo look into the cloud: npm run emulator -- --state ${relative(process.cwd(), stateFile)}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: "string", default: defaultFolder },
      fresh: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const interruption = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      console.error("\nStopping; the next run goes on from here.");
      interruption.abort();
    });
  await start(values.folder, values.fresh, interruption.signal);
}

main().catch((error: unknown) => {
  // The engine's own output has told of a failed update already.
  const isTold = error instanceof Error && error.constructor.name.endsWith("CommandError");
  console.error(
    isTold ? "The update failed; see above." : error instanceof ToolchainError ? error.message : error,
  );
  process.exitCode = 1;
});
