import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { type CloudApi, failureText, openCloud } from "../../api/connection";
import { deleteKey } from "../../api/keys";
import type { Preview } from "../engine/json";
import { pulumiRun } from "../engine/run";
import { connectionOf } from "../engine/stack";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { withProgress } from "../progress";
import { importFileOf } from "../state/importFile";
import type { EngineRecord } from "../state/record";
import {
  type Dialogue,
  type EditorOptions,
  Halt,
  lastLine,
  NoStackError,
  StackEditor,
} from "../state/stackEditor";
import { type Found, look } from "./look";
import { orphans } from "./orphans";
import { deletionOf, nameOf, takingOf, textOfSurplus, textOfUnproven } from "./report";
import { StateFiles } from "./stateFiles";
import type { Surplus } from "./surplus";
import { Updates } from "./updates";
import type { Wanted } from "./wanted";

export interface RecoverOptions extends EditorOptions {
  /** Whether keys are deleted that an interrupted update left over and that nothing is encrypted with. */
  readonly deleteSurplusKeys?: boolean;
}

/** What was found and done, for programs. */
export interface Recovery {
  readonly stack: string;
  readonly exitCode: number;
  readonly repaired: readonly string[];
  /** URNs with the operation that was interrupted. */
  readonly interrupted: readonly { readonly urn: string; readonly operation: string }[];
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  /** What has the name of a missing resource, and may be another's. */
  readonly unproven: readonly { readonly urn: string; readonly id: string; readonly why: string }[];
  /** What an interrupted update left over, and still is there. */
  readonly surplus: readonly Surplus[];
  readonly deletedKeys: readonly string[];
  /** What `pulumi up --refresh` has still to do, by operation; absent if it cannot be told. */
  readonly left?: Readonly<Record<string, number>>;
  /** The folder with the states before each change. */
  readonly backup?: string;
}

/** Brings a stack back whose engine was killed, or whose update failed. */
export async function recover(options: RecoverOptions, dialogue: Dialogue): Promise<Recovery> {
  return new Recoverer(options, dialogue).run();
}

class Recoverer {
  private readonly repaired: string[] = [];
  private readonly editor: StackEditor;
  private found: readonly Found[] = [];
  private surplus: readonly Surplus[] = [];
  private readonly deletedKeys: string[] = [];
  private interrupted: Recovery["interrupted"] = [];
  private imported: Recovery["imported"] = [];
  private left: Recovery["left"];

  constructor(
    private readonly options: RecoverOptions,
    private readonly dialogue: Dialogue,
  ) {
    this.editor = new StackEditor(options, dialogue);
  }

  async run(): Promise<Recovery> {
    try {
      return this.resultWith(await this.work());
    } catch (error) {
      if (!(error instanceof Halt)) throw error;
      this.dialogue.tell(error.message);
      return this.resultWith(error.exitCode);
    }
  }

  private resultWith(exitCode: number): Recovery {
    const unproven = this.found.flatMap(({ resource: { urn }, finding }) =>
      finding.outcome === "unproven" ? [{ urn, id: finding.id, why: finding.why }] : [],
    );
    const { repaired, interrupted, imported, surplus, deletedKeys, left, editor } = this;
    const { stack } = this.options;
    return {
      ...{ stack, exitCode, repaired, interrupted, imported, unproven, surplus, deletedKeys, left },
      backup: editor.backup,
    };
  }

  private async work(): Promise<number> {
    const files = await this.files();
    this.editor.requireNoEngine(files?.lockTexts().join("\n") ?? "");
    this.requireNoProvider();
    await this.repair(files);
    const record = await this.read(files);
    const { pending } = record;
    this.interrupted = pending.map(({ operation, resource: { urn } }) => ({ urn, operation }));
    const preview = await this.editor.preview("Comparing program and state");
    const connection = connectionOf(this.options.stack, record.state.resources, this.editor.configured);
    const cloud = await openCloud(connection);
    const looking = look(record, preview, await this.updates(record), cloud);
    const { found, surplus } = await withProgress("Looking in the cloud", looking).catch((error) => {
      throw new Halt(
        `The cloud does not tell what is there: ${inert(failureText(error))}. Nothing was changed there, and nothing was taken in.`,
      );
    });
    this.found = found;
    this.surplus = surplus;
    const ours = found.flatMap((one) =>
      one.finding.outcome === "ours" ? [{ ...one, id: one.finding.id }] : [],
    );
    const doomed = this.options.deleteSurplusKeys
      ? surplus.filter(({ kind, doubt }) => kind === "key" && !doubt)
      : [];
    const isLockFree = files?.lockTexts().length === 0;
    const plan = [
      ...(isLockFree ? [] : ["release the stack, if an engine that has ended still has it locked"]),
      ...ours.map((one) => takingOf(one, one.id)),
      ...pending.map(
        ({ operation, resource }) =>
          `clear "${operation}" of ${nameOf(resource)}, which was interrupted, from the state`,
      ),
      ...doomed.map(deletionOf),
    ];
    if (plan.length === 0)
      this.dialogue.tell(`Nothing is left of an interrupted update in stack ${this.name}.`);
    else {
      await this.editor.agreeOn(`To recover stack ${this.name}:`, plan);
      if (ours.length > 0 || pending.length > 0 || !isLockFree) await this.takeIn(ours, record, preview);
      for (const { id } of doomed) await this.delete(id, cloud);
    }
    for (const text of [...this.surplus.map(textOfSurplus), ...found.map(textOfUnproven)])
      if (text) this.dialogue.tell(text);
    return this.conclude(pending.some(({ operation }) => operation === "deleting"));
  }

  private get name(): string {
    return inert(this.options.stack);
  }

  /** The files of the stack, where the backend is a folder. */
  private async files(): Promise<StateFiles | undefined> {
    const { stdout, stderr, succeeded } = await pulumiRun("Asking for the backend", ["whoami", "--json"]);
    if (!succeeded) throw new UsageError(`pulumi is not logged in: ${lastLine(stderr)}`);
    const { url } = z.object({ url: z.string() }).parse(JSON.parse(stdout));
    return StateFiles.of(url, projectHere(), this.options.stack.split("/").at(-1) ?? "");
  }

  /** @throws {Halt} if a provider may still be making something. */
  private requireNoProvider(): void {
    if (this.options.engineEnded) return;
    let running: ReturnType<typeof orphans>;
    try {
      running = orphans();
    } catch (error) {
      throw new Halt(
        `Whether a provider still runs cannot be seen: ${(error as Error).message}. Nothing was changed. If none does, run this again ` +
          "with --engine-ended.",
      );
    }
    const [first] = running;
    if (first)
      throw new Halt(
        `${first.name} is running on this machine (process ${first.pid}), and its engine has ended. It may still be making something. ` +
          "Nothing was changed. It ends by itself within five minutes; run this again then.",
      );
  }

  /** Reads the state. A stack that has lost it is begun anew. */
  private async read(files: StateFiles | undefined): Promise<EngineRecord> {
    try {
      return await this.editor.read();
    } catch (error) {
      if (!(error instanceof NoStackError)) throw error;
    }
    const { stack, configFile = `Pulumi.${stack.split("/").at(-1)}.yaml` } = this.options;
    // Without its configuration the name may be a slip of the pen.
    if (!existsSync(configFile))
      throw new UsageError(
        `There is no stack ${this.name}, and no ${configFile} here that would say that there was.`,
      );
    await this.editor.agreeOn(`Stack ${this.name} has no state, and no copy of one was found:`, [
      "begin it anew, and take what the cloud has of it into its state",
    ]);
    // The CLI releases no stack that is not there.
    files?.unlock();
    const begun = await pulumiRun("Beginning the stack anew", ["stack", "init", stack]);
    if (!begun.succeeded) throw new Halt(`pulumi stack init failed: ${lastLine(begun.stderr)}`);
    this.repaired.push("The stack was begun anew.");
    return this.editor.read();
  }

  private async repair(files: StateFiles | undefined): Promise<void> {
    const repairs = files?.repairs() ?? [];
    if (repairs.length === 0) return;
    await this.editor.agreeOn(
      `Files of stack ${this.name} are damaged:`,
      repairs.map(({ what }) => what),
    );
    files?.backUp(this.editor.backupFolder("files"));
    for (const { what, make } of repairs) {
      make();
      this.repaired.push(what);
    }
  }

  /** The stack's updates: the last hundred. */
  private async updates({ oldest }: EngineRecord): Promise<Updates> {
    const page = ["--json", "--page-size", "100", "--page", "1"];
    const { stack } = this.options;
    const run = await pulumiRun("Reading the history", ["stack", "history", ...page, "--stack", stack]);
    return Updates.read(run.succeeded ? run.stdout : "", oldest);
  }

  /** Takes what was found into the state, and clears what was pending. */
  private async takeIn(
    ours: readonly (Wanted & { readonly id: string })[],
    before: EngineRecord,
    preview: Preview | undefined,
  ): Promise<void> {
    const missing = ours.filter(({ isReplacement }) => !isReplacement);
    if (missing.length > 0) await this.editor.import(importFileOf(missing, before, preview));
    // The engine imports nothing under the name of a resource that the state has.
    const successors = new Map(
      ours.flatMap(({ isReplacement, resource: { urn }, id }) => (isReplacement ? [[urn, id] as const] : [])),
    );
    const record = await this.editor.read();
    await this.editor.replace("Clearing what was pending", record.settled(before, successors));
    if (successors.size > 0) await this.editor.refresh([...successors.keys()]);
    this.imported = ours.map(({ resource: { urn }, id }) => ({ urn, id }));
    if (ours.length > 0)
      this.dialogue.tell(`Taken into the state: ${ours.map(({ resource }) => nameOf(resource)).join(", ")}.`);
  }

  private async delete(keyId: string, cloud: CloudApi): Promise<void> {
    await withProgress("Deleting a surplus key", deleteKey(keyId, cloud)).catch((error) => {
      throw new Halt(`KMS key ${keyId} was not deleted: ${inert(failureText(error))}.`, exitCodes.failedOn);
    });
    this.deletedKeys.push(keyId);
    this.surplus = this.surplus.filter(({ id }) => id !== keyId);
    this.dialogue.tell(`KMS key ${keyId} was deleted.`);
  }

  /** Says what an update has still to do. */
  private async conclude(wasDestroy: boolean): Promise<number> {
    const preview = await this.editor.preview("Looking what is left to do", ["--refresh"]);
    if (!preview) {
      this.dialogue.tell("So it cannot be told what an update has still to do.");
      return exitCodes.unknown;
    }
    const ops = preview.steps.map(({ op }) => op).filter((op) => !["same", "refresh", "read"].includes(op));
    const left: Record<string, number> = {};
    for (const op of ops) left[op] = (left[op] ?? 0) + 1;
    this.left = left;
    const counts = Object.entries(left).map(([op, count]) => `${count} to ${op}`);
    const { stack } = this.options;
    if (counts.length === 0) this.dialogue.tell(`Stack ${this.name} is as the program wants it.`);
    else
      this.dialogue.tell(
        [
          `What the program still wants: ${counts.join(", ")}.`,
          `To have it made:  pulumi up --refresh --stack ${stack}`,
          ...(wasDestroy
            ? [
                `A destroy was interrupted. To go on with it:  pulumi destroy --refresh --run-program --stack ${stack}`,
              ]
            : []),
        ].join("\n"),
      );
    const isOpen =
      this.surplus.length > 0 || this.found.some(({ finding }) => finding.outcome === "unproven");
    return isOpen ? exitCodes.failedOn : exitCodes.told;
  }
}

/** The project in the current folder. */
function projectHere(): string {
  try {
    const name = /^name:\s*["']?([^\s"']+)/m.exec(readFileSync("Pulumi.yaml", "utf8"))?.[1];
    if (name) return name;
  } catch {
    // Told below.
  }
  throw new UsageError(
    "There is no Pulumi.yaml with a name in the current folder. Run this where the program is.",
  );
}
