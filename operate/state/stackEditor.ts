import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { UnreadableError } from "../stack/engineJson";
import { type Preview, readPreview } from "../stack/preview";
import { type PulumiRun, runPulumi } from "../stack/runPulumi";
import { isOurs } from "../stack/urn";
import { EngineRecord } from "./engineRecord";
import { Halt } from "./halt";
import { isLocked, type LockHolder, lockHoldersIn, mayRun } from "./lock";

/** Options of a command that changes a stack's state. */
export interface EditorOptions {
  readonly stack: string;
  /** Folder for the saved states. */
  readonly backup: string;
  /** File of the stack's configuration, if it is not the usual one. */
  readonly configFile?: string;
  /** True if the user confirms that the engine which locked the stack has ended. */
  readonly engineEnded?: boolean;
}

/** Output and questions of a command. */
export interface Dialogue {
  print(line: string): void;
  /** Asks the user whether to do the printed steps. */
  agree(): Promise<boolean>;
}

/** Changes the state of a stack by the Pulumi CLI. It saves the state before each change, and changes nothing while an engine may run. */
export class StackEditor {
  private readonly folder: string;
  private backups = 0;
  /** Sentences about changes that need no backup. */
  private readonly changes: string[] = [];
  /** Last exported state; undefined after a change of our own. */
  private latest: string | undefined;
  /** Engines of the first locks that were seen, by host and process. --engine-ended is about these. */
  private seen: ReadonlySet<string> | undefined;

  constructor(
    private readonly options: EditorOptions,
    private readonly dialogue: Dialogue,
  ) {
    const time = new Date().toISOString().replace(/[:.]/g, "-");
    this.folder = join(options.backup, `${options.stack.replaceAll("/", "-")}-${time}`);
  }

  /** Folder with the saved states; undefined if nothing was changed. */
  get backup(): string | undefined {
    return this.backups > 0 ? this.folder : undefined;
  }

  /** Options for those CLI commands that read the configuration. */
  get configured(): readonly string[] {
    const { configFile } = this.options;
    return configFile === undefined ? [] : ["--config-file", configFile];
  }

  /** Sentence about the changes so far. */
  private get outcome(): string {
    if (this.backups > 0) return `Earlier changes stay. The states before them are in ${this.folder}.`;
    return [...this.changes, `Nothing ${this.changes.length > 0 ? "else " : ""}was changed.`].join(" ");
  }

  private get of(): readonly string[] {
    return ["--stack", this.options.stack];
  }

  /** Reads the record; undefined if there is no such stack. @throws as {@link read}. */
  async readIfThere(): Promise<EngineRecord | undefined> {
    const run = await runPulumi("Reading the state", ["stack", "export", ...this.of]);
    if (/no stack named .* found/.test(run.stderr)) return undefined;
    return this.recordOf(run);
  }

  /** Reads the record. @throws {UsageError} if that fails, or {Halt} if this command has changed something already. */
  async read(): Promise<EngineRecord> {
    return this.recordOf(await runPulumi("Reading the state", ["stack", "export", ...this.of]));
  }

  private recordOf(run: PulumiRun): EngineRecord {
    if (!run.succeeded) {
      const fault = `The state of stack ${inert(this.options.stack)} cannot be read: ${lastLine(run.stderr)}`;
      throw this.backups + this.changes.length > 0
        ? new Halt(`${fault}. ${this.outcome}`)
        : new UsageError(fault);
    }
    this.latest = run.stdout;
    return EngineRecord.read(run.stdout);
  }

  /** Creates the stack. @throws {Halt} if that fails. */
  async makeStack(): Promise<void> {
    await this.run("Creating the stack", ["stack", "init", "--no-select", ...this.of]);
    this.changes.push("An empty stack was created.");
  }

  /** Writes keys of the stack's configuration. Comments stay. @throws {Halt} if that fails. */
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
    this.changes.push("The configuration was written.");
  }

  private async run(what: string, args: readonly string[]): Promise<void> {
    const run = await runPulumi(what, args);
    if (!run.succeeded) throw new Halt(`pulumi ${args[0]} ${args[1]} failed: ${lastLine(run.stderr)}`);
  }

  /** Previews an update. If the preview fails, it prints the reason and returns undefined. */
  async preview(what: string, args: readonly string[] = []): Promise<Preview | undefined> {
    const { text, isWhole } = (await this.previewText(what, args)) ?? {};
    return isWhole && text !== undefined ? readPreview(text) : undefined;
  }

  /** Previews an update as {@link preview}, but returns the engine's text. It also returns the beginning of a failed preview. */
  async previewText(
    what: string,
    args: readonly string[] = [],
  ): Promise<{ readonly text: string; readonly isWhole: boolean } | undefined> {
    const run = await runPulumi(what, ["preview", "--json", ...args, ...this.of, ...this.configured]);
    if (run.succeeded) return { text: run.stdout, isWhole: true };
    const preview = previewIn(run.stdout);
    this.dialogue.print(`pulumi preview failed: ${faultOf(preview) ?? lastLine(run.stderr)}`);
    const cameToOurs = preview?.steps.some(({ urn }) => isOurs(urn));
    return cameToOurs ? { text: run.stdout, isWhole: false } : undefined;
  }

  /** Prints steps, and asks the user. @throws {Halt} if the user does not agree. */
  async agreeOn(title: string, lines: readonly string[]): Promise<void> {
    this.dialogue.print([title, ...lines.map((line) => `  - ${line}`)].join("\n"));
    if (!(await this.dialogue.agree()))
      throw new Halt("Cancelled. Use --yes to skip the question.", exitCodes.failedOn);
  }

  /** Imports resources by the text of a file for `pulumi import`. @throws as {@link edit}. */
  async import(importFile: string): Promise<void> {
    await this.readUnchanged();
    const file = this.keep("import.json", importFile);
    const options = ["--yes", "--skip-preview", "--generate-code=false", ...this.configured];
    await this.change("Importing resources into the state", ["import", "--file", file, ...options]);
  }

  /**
   * Edits the state directly.
   *
   * @throws {Halt} if somebody else changed the state since it was read, or if the CLI fails.
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
    await this.change("Reading the imported resources", ["refresh", ...options]);
  }

  /** Checks that the holders of the lock have ended. @throws {Halt} if one may still run. */
  requireNoEngine(holders: readonly LockHolder[]): void {
    if (holders.length > 0) this.seen ??= new Set(holders.map(engineOf));
    for (const holder of holders) {
      const { reason, isCertain } = mayRun(holder) ?? {};
      if (!reason) continue;
      if (isCertain)
        throw new Halt(`${reason} ${this.outcome} Wait for it, or stop it with Ctrl-C. Then run this again.`);
      if (!this.options.engineEnded || !this.seen?.has(engineOf(holder)))
        throw new Halt(
          `${reason} ${this.outcome} If that engine has ended, run this again with --engine-ended.`,
        );
    }
  }

  /** Removes the locks of engines that have ended. @throws {Halt} if one of them may still run. */
  async release(holders: readonly LockHolder[]): Promise<void> {
    this.requireNoEngine(holders);
    await this.cancel();
  }

  private async cancel(): Promise<void> {
    await runPulumi("Releasing the stack", ["cancel", "--yes", ...this.of]);
  }

  /** Creates a folder for copies of files that are about to change. */
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
      throw new Halt(`Somebody else changed the state in the meantime. Run this again. ${this.outcome}`);
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
          `The stack is locked, and the backend does not name the holder. ${this.outcome} If no engine runs, run this again ` +
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

/** Returns the last line of an error output, which names the error. */
export const lastLine = (text: string): string => inert(text.trim().split("\n").at(-1) ?? "");

/** Reads the output of a failed preview, if possible. */
function previewIn(stdout: string): Preview | undefined {
  try {
    return readPreview(stdout);
  } catch (error) {
    if (error instanceof UnreadableError) return undefined;
    throw error;
  }
}

/** Returns the first error of a failed preview. */
function faultOf(preview: Preview | undefined): string | undefined {
  const fault = preview?.diagnostics.find(({ severity }) => severity === "error");
  return fault && inert(fault.message, { lines: true }).trim();
}
