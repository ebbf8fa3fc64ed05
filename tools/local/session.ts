import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, joinEmulator, type LocalCloud, StateFileError, startEmulator } from "../../emulator";
import { endFailed, ensureToolchain, ToolchainError } from "../toolchain";
import { locked } from "../toolchain/lock";
import { isolateFromRealAccounts, type LocalRun, localEnvironment } from "./environment";
import { removeLeftLocks } from "./leftLocks";
import { backendOf, stackName } from "./state";

/** Folder that keeps the local cloud and the state of its stacks between sessions. */
export const defaultFolder = join(__dirname, "..", "..", ".local");

/** Returns the file with the local cloud's state. */
export const stateFileOf = (folder: string): string => join(folder, "cloud.jsonl");

/** Folder with the caches of the command `audit-trails`. */
const cacheOf = (folder: string): string => join(folder, "cache");

const auditTrails = join(__dirname, "..", "..", "operate", "audit-trails.cjs");

/** Time between two deliveries: https://yandex.cloud/en/docs/audit-trails/concepts/trail */
const betweenDeliveries = { minutes: 5 };

/** Local cloud, and the commands that run on it. It exists while one of them runs. */
export class Session {
  constructor(
    readonly emulator: LocalCloud,
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

  private cli(args: readonly string[], stdio: "inherit" | "ignore"): Promise<number> {
    return this.spawn(this.run.toolchain.pulumi, args, stdio);
  }

  /**
   * Runs the command `audit-trails` in this terminal. After the event that `verify` causes, it moves the cloud's clock
   * to the next delivery.
   *
   * @returns its exit code; 130 if a signal ended it.
   */
  async auditTrails(args: readonly string[]): Promise<number> {
    await this.set("clock-jumps", { method: "ServiceAccountService/Update", by: betweenDeliveries });
    try {
      // What search caches of this cloud stays out of the user's own cache.
      const environment = { XDG_CACHE_HOME: cacheOf(this.run.folder) };
      return await this.spawn(process.execPath, [auditTrails, ...args], "inherit", environment);
    } finally {
      await this.set("clock-jumps");
    }
  }

  /** Moves the cloud's clock forward so that trails deliver. */
  deliver(): Promise<void> {
    return this.set("clock", betweenDeliveries);
  }

  /** Sets a lever of the local cloud; without a value, resets it. */
  private async set(lever: string, value?: object): Promise<void> {
    const method = value ? "POST" : "DELETE";
    const body = value && JSON.stringify(value);
    const { ok, status } = await fetch(`${this.emulator.adminUrl}/${lever}`, { method, body });
    if (!ok) throw new Error(`The local cloud answered ${method} /${lever} with status ${status}`);
  }

  private async spawn(
    command: string,
    args: readonly string[],
    stdio: "inherit" | "ignore",
    environment: NodeJS.ProcessEnv = {},
  ): Promise<number> {
    const child = spawn(command, args, { env: { ...localEnvironment(this.run), ...environment }, stdio });
    const [code] = await once(child, "close");
    return code ?? 130;
  }

  /**
   * Creates the stack `dev` if there is no stack yet, and selects it if none is selected. The CLI keeps the selection
   * outside of the folder.
   *
   * @throws {Error} if the CLI fails; it has printed the reason.
   */
  async requireStack(): Promise<void> {
    if (existsSync(join(backendOf(this.run.folder), ".pulumi", "stacks"))) {
      const isSelected = (await this.cli(["stack", "--show-name"], "ignore")) === 0;
      if (!isSelected) await this.pulumi(["stack", "select", stackName]);
      return;
    }
    mkdirSync(backendOf(this.run.folder), { recursive: true });
    const code = await this.pulumi(["stack", "init", stackName]);
    if (code !== 0)
      throw new ToolchainError(`The CLI could not create the stack ${stackName}; its error is above.`);
  }
}

/** Options of a session. */
export interface SessionOptions {
  /** Folder that keeps everything for the next session. Only one session at a time can use it. */
  readonly folder: string;
  /** Deletes the earlier state if true. @default false */
  readonly fresh?: boolean;
}

/**
 * Runs a task on the local cloud. If another process already runs it on the same state, the task uses that one.
 * Otherwise it starts one, which ends with the task; its state remains. The terminal sends Ctrl-C to the CLI too, so
 * the CLI handles it.
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
    const joined = await joinEmulator(stateFileOf(folder));
    if (joined && fresh)
      throw new ToolchainError(
        `${stateFileOf(folder)} is in use by the local cloud of process ${joined.pid}. To start from an empty state, end that process first.`,
      );
    if (joined)
      console.error(`Using the local cloud of process ${joined.pid}. Its web page is ${joined.adminUrl}`);
    if (fresh)
      for (const path of [stateFileOf(folder), backendOf(folder)])
        rmSync(path, { recursive: true, force: true });
    for (const sentence of removeLeftLocks(folder)) console.error(sentence);
    // A cloud that starts has another port, and so other logs for search.
    if (!joined)
      rmSync(join(cacheOf(folder), "yandex-audit-trails", "logs"), { recursive: true, force: true });
    await using own = joined ? undefined : await startEmulator({ stateFile: stateFileOf(folder) });
    if (own) letRead(own);
    const emulator = (joined ?? own) as LocalCloud;
    const session = new Session(emulator, { toolchain, emulator, folder });
    await session.requireStack();
    return await task(session);
  });
}

/** Lets the deployer read the whole organization, so that the commands of audit-trails report nothing as unknown. */
function letRead({ cloud: { access, organizationId, deployer: subject } }: Emulator): void {
  const roleId = "viewer";
  const isHeld = access
    .list(organizationId)
    .some((binding) => binding.roleId === roleId && binding.subject.id === subject.id);
  if (!isHeld) access.add(organizationId, { roleId, subject });
}

/** Ends the process with the exit code of a command. For errors that people can correct, it prints only the message. */
export function runCommand(command: () => Promise<number>): void {
  process.on("uncaughtException", (error) => {
    endFailedInWords(error);
    process.exit();
  });
  command().then((code) => {
    process.exitCode = code;
  }, endFailedInWords);
}

/** An invalid state file is also an error that people can correct. */
const endFailedInWords = (error: unknown): void =>
  endFailed(error instanceof StateFileError ? new ToolchainError(error.message) : error);
