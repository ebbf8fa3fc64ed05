import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { type Preview, readPreview, UnreadableError } from "../stack/engineJson";
import { type PulumiRun, runPulumi } from "../stack/runPulumi";
import { isOurs } from "../stack/urn";
import { EngineRecord } from "./engineRecord";
import { isLocked, type LockHolder, lockHoldersIn, mayRun } from "./lock";

/** Options of a command that changes a stack's state. */
export interface EditorOptions {
  readonly stack: string;
  /** Folder for the states before each change. */
  readonly backup: string;
  /** File of the stack's configuration, where it is not the usual one. */
  readonly configFile?: string;
  /** Whether the user says that the engine which locked the stack has ended. */
  readonly engineEnded?: boolean;
}

/** How a command speaks with whoever runs it. */
export interface Dialogue {
  tell(line: string): void;
  /** Whether what was told may be done. */
  agree(): Promise<boolean>;
}

/** Why a command went no further; the message is for people. */
export class Halt extends Error {
  override readonly name = "Halt";
  constructor(
    message: string,
    readonly exitCode: number = exitCodes.unknown,
  ) {
    super(message);
  }
}

/** Why a command went no further, by what was thrown. @throws what is no reason of that kind. */
export function haltOf(error: unknown): Halt {
  if (error instanceof Halt) return error;
  if (error instanceof UnreadableError) return new Halt(error.message);
  throw error;
}

/** Changes the state of a stack by the Pulumi CLI. The state before each change is kept, and none is made while an engine may run. */
export class StackEditor {
  private readonly folder: string;
  private backups = 0;
  /** The state as the CLI exported it last; nothing if it was changed from here since. */
  private latest: string | undefined;
  /** Engines whose locks were seen first, by host and process. What the user says to have ended are these. */
  private seen: ReadonlySet<string> | undefined;

  constructor(
    private readonly options: EditorOptions,
    private readonly dialogue: Dialogue,
  ) {
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    this.folder = join(options.backup, `${options.stack.replaceAll("/", "-")}-${time}`);
  }

  /** The folder with the states before each change, if there was one. */
  get backup(): string | undefined {
    return this.backups > 0 ? this.folder : undefined;
  }

  /** Options for the commands of the CLI that read the configuration. */
  get configured(): readonly string[] {
    const { configFile } = this.options;
    return configFile === undefined ? [] : ["--config-file", configFile];
  }

  /** What became of the stack up to here, in a sentence. */
  private get outcome(): string {
    return this.backups > 0
      ? `What was done before stays. The states before it are in ${this.folder}.`
      : "Nothing was changed.";
  }

  private get of(): readonly string[] {
    return ["--stack", this.options.stack];
  }

  /** @returns nothing if there is no such stack. @throws as {@link read}. */
  async readIfThere(): Promise<EngineRecord | undefined> {
    const run = await runPulumi("Reading the state", ["stack", "export", ...this.of]);
    if (/no stack named .* found/.test(run.stderr)) return undefined;
    return this.recordOf(run);
  }

  /** @throws {UsageError} if the state cannot be read; {Halt} if something was changed before. */
  async read(): Promise<EngineRecord> {
    return this.recordOf(await runPulumi("Reading the state", ["stack", "export", ...this.of]));
  }

  private recordOf(run: PulumiRun): EngineRecord {
    if (!run.succeeded) {
      const fault = `The state of stack ${inert(this.options.stack)} cannot be read: ${lastLine(run.stderr)}`;
      throw this.backups > 0 ? new Halt(`${fault}. ${this.outcome}`) : new UsageError(fault);
    }
    this.latest = run.stdout;
    return EngineRecord.read(run.stdout);
  }

  /** Makes the stack. @throws {Halt} if that fails. */
  async makeStack(): Promise<void> {
    await this.run("Making the stack", ["stack", "init", "--no-select", ...this.of]);
  }

  /** Writes keys of the stack's configuration; comments stay. @throws {Halt} if that fails. */
  async configure(values: Readonly<Record<string, unknown>>): Promise<void> {
    const entries = Object.entries(values).map(([key, value]) => {
      const isObject = typeof value === "object";
      const text = isObject ? JSON.stringify(value) : String(value);
      return [key, { value: text, ...(isObject && { objectValue: value }), secret: false }];
    });
    const json = JSON.stringify(Object.fromEntries(entries));
    await this.run("Writing the configuration", [
      ...["config", "set-all", "--json", json],
      ...this.of,
      ...this.configured,
    ]);
  }

  private async run(what: string, args: readonly string[]): Promise<void> {
    const run = await runPulumi(what, args);
    if (!run.succeeded) throw new Halt(`pulumi ${args[0]} ${args[1]} failed: ${lastLine(run.stderr)}`);
  }

  /** What an update would do; nothing if the preview failed, which is told. */
  async preview(what: string, args: readonly string[] = []): Promise<Preview | undefined> {
    const { text, isWhole } = (await this.previewText(what, args)) ?? {};
    return isWhole && text !== undefined ? readPreview(text) : undefined;
  }

  /** As {@link preview}, as the engine writes it, and as far as a preview came that failed. */
  async previewText(
    what: string,
    args: readonly string[] = [],
  ): Promise<{ readonly text: string; readonly isWhole: boolean } | undefined> {
    const run = await runPulumi(what, ["preview", "--json", ...args, ...this.of, ...this.configured]);
    if (run.succeeded) return { text: run.stdout, isWhole: true };
    const preview = previewIn(run.stdout);
    this.dialogue.tell(`pulumi preview failed: ${faultOf(preview) ?? lastLine(run.stderr)}`);
    const cameToOurs = preview?.steps.some(({ urn }) => isOurs(urn));
    return cameToOurs ? { text: run.stdout, isWhole: false } : undefined;
  }

  /** @throws {Halt} if whoever runs the command does not agree. */
  async agreeOn(title: string, lines: readonly string[]): Promise<void> {
    this.dialogue.tell([title, ...lines.map((line) => `  - ${line}`)].join("\n"));
    if (!(await this.dialogue.agree()))
      throw new Halt("Cancelled. Use --yes to skip the question.", exitCodes.failedOn);
  }

  /** Takes resources into the state, by the text of a file for `pulumi import`. @throws as {@link edit}. */
  async import(importFile: string): Promise<void> {
    await this.readUnchanged();
    const file = this.keep("import.json", importFile);
    const options = ["--yes", "--skip-preview", "--generate-code=false", ...this.configured];
    await this.change("Taking what is there into the state", ["import", "--file", file, ...options]);
  }

  /**
   * Changes the state by hand.
   *
   * @throws {Halt} if somebody else changed it since it was read, or the CLI fails.
   */
  async edit(what: string, edit: (now: EngineRecord) => EngineRecord): Promise<void> {
    const now = await this.readUnchanged();
    const file = this.keep("changed.json", edit(now).text);
    await this.change(what, ["stack", "import", "--file", file]);
  }

  /** Reads resources from the cloud into the state. @throws as {@link edit}. */
  async refresh(urns: readonly string[]): Promise<void> {
    await this.readUnchanged();
    const targets = urns.flatMap((urn) => ["--target", urn]);
    const options = ["--yes", "--skip-preview", ...targets, ...this.configured];
    await this.change("Reading what is taken in", ["refresh", ...options]);
  }

  /** @throws {Halt} if an engine holds the lock that may still run. */
  requireNoEngine(holders: readonly LockHolder[]): void {
    if (holders.length > 0) this.seen ??= new Set(holders.map(engineOf));
    for (const holder of holders) {
      const { reason, isCertain } = mayRun(holder) ?? {};
      if (!reason) continue;
      if (isCertain)
        throw new Halt(`${reason} ${this.outcome} Wait for it, or stop it with Ctrl-C, and run this again.`);
      if (!this.options.engineEnded || !this.seen?.has(engineOf(holder)))
        throw new Halt(`${reason} ${this.outcome} If it has ended, run this again with --engine-ended.`);
    }
  }

  /** Takes away the locks of engines that have ended. @throws {Halt} if one of them may still run. */
  async release(holders: readonly LockHolder[]): Promise<void> {
    this.requireNoEngine(holders);
    await this.cancel();
  }

  private async cancel(): Promise<void> {
    await runPulumi("Releasing the stack", ["cancel", "--yes", ...this.of]);
  }

  /** A folder for copies of what is about to be changed. */
  backupFolder(name: string): string {
    this.backups += 1;
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  private async readUnchanged(): Promise<EngineRecord> {
    const known = this.latest;
    const now = await this.read();
    if (known !== undefined && this.latest !== known)
      throw new Halt(`Somebody else changed the state meanwhile. Run this again. ${this.outcome}`);
    return now;
  }

  private async change(what: string, command: readonly string[]): Promise<void> {
    const args = [...command, ...this.of];
    this.backups += 1;
    this.keep(`state-${this.backups}.json`, this.latest ?? "");
    this.latest = undefined;
    const outputOf = ({ stdout, stderr }: PulumiRun) => `${stdout}\n${stderr}`;
    let run = await runPulumi(what, args);
    if (!run.succeeded && isLocked(outputOf(run))) {
      const refusal = outputOf(run);
      const holders = lockHoldersIn(refusal);
      this.requireNoEngine(holders);
      if (holders.length === 0 && !this.options.engineEnded)
        throw new Halt(
          `The stack is locked, and the backend does not say by whom. ${this.outcome} If no engine runs, run this again ` +
            "with --engine-ended.",
        );
      await this.cancel();
      run = await runPulumi(what, args);
    }
    if (!run.succeeded)
      throw new Halt(
        `pulumi ${args[0]} failed: ${inert(outputOf(run).trim(), { lines: true })}\nThe state before it is in ${this.folder}.`,
      );
  }

  private keep(name: string, text: string): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }
}

const engineOf = ({ host, pid }: LockHolder): string => `${pid} on ${host}`;

/** The last line of a text of others, which says what went wrong. */
export const lastLine = (text: string): string => inert(text.trim().split("\n").at(-1) ?? "");

/** What a preview that failed printed, if that can be read. */
function previewIn(stdout: string): Preview | undefined {
  try {
    return readPreview(stdout);
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

/** The first error of a preview that failed. */
function faultOf(preview: Preview | undefined): string | undefined {
  const fault = preview?.diagnostics.find(({ severity }) => severity === "error");
  return fault && inert(fault.message, { lines: true }).trim();
}
