import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../emulator";
import { endFailed, ensureToolchain, ToolchainError } from "../toolchain";
import { locked } from "../toolchain/lock";
import { isolateFromRealAccounts, type LocalRun, localEnvironment } from "./environment";
import { backendOf, stackName } from "./state";

/** Where a session keeps the local cloud and the state of its stacks for the next one. */
export const defaultFolder = join(__dirname, "..", ".local");

/** File with the local cloud's state. */
export const stateFileOf = (folder: string): string => join(folder, "cloud.jsonl");

/** The local cloud and the Pulumi CLI on it, while a command runs. */
export class Session {
  constructor(
    readonly emulator: Emulator,
    private readonly run: LocalRun,
  ) {}

  /**
   * Runs the CLI in this terminal.
   *
   * @returns its exit code; 130 if a signal ended it.
   */
  pulumi(args: readonly string[]): Promise<number> {
    return this.cli(args, "inherit");
  }

  private async cli(args: readonly string[], stdio: "inherit" | "ignore"): Promise<number> {
    const child = spawn(this.run.toolchain.pulumi, args, { env: localEnvironment(this.run), stdio });
    const [code] = await once(child, "close");
    return code ?? 130;
  }

  /**
   * Makes the stack `dev` if there is no stack yet, and selects it if none is: which one is selected the CLI keeps outside of the
   * folder.
   *
   * @throws {Error} if the CLI cannot; it has said why.
   */
  async requireStack(): Promise<void> {
    if (existsSync(join(backendOf(this.run.folder), ".pulumi", "stacks"))) {
      const isSelected = (await this.cli(["stack", "--show-name"], "ignore")) === 0;
      if (!isSelected) await this.pulumi(["stack", "select", stackName]);
      return;
    }
    mkdirSync(backendOf(this.run.folder), { recursive: true });
    const code = await this.pulumi(["stack", "init", stackName]);
    if (code !== 0) throw new ToolchainError(`The stack ${stackName} could not be made.`);
  }
}

/** How a session begins. */
export interface SessionOptions {
  /** Folder that keeps everything for the next session; one session at a time uses it. */
  readonly folder: string;
  /** Whether to begin anew. @default false */
  readonly fresh?: boolean;
}

/**
 * Starts the local cloud, runs a task on it, and stops it. The local cloud lives as long as the task, its state longer.
 * Ctrl-C is left to the CLI, which a terminal tells of it too.
 */
export async function inSession<T>(
  { folder, fresh = false }: SessionOptions,
  task: (session: Session) => Promise<T>,
): Promise<T> {
  const toolchain = await ensureToolchain(console.error);
  isolateFromRealAccounts();
  process.on("SIGINT", () => {});
  mkdirSync(folder, { recursive: true });
  return locked(join(folder, "lock"), console.error, async () => {
    if (fresh)
      for (const path of [stateFileOf(folder), backendOf(folder)])
        rmSync(path, { recursive: true, force: true });
    await using emulator = await startEmulator({ stateFile: stateFileOf(folder) });
    const session = new Session(emulator, { toolchain, emulator, folder });
    await session.requireStack();
    return await task(session);
  });
}

/** Ends the process with the code that a command gives, and tells people of what went wrong in words. */
export function runCommand(command: () => Promise<number>): void {
  command().then((code) => {
    process.exitCode = code;
  }, endFailed);
}
