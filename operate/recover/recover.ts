import { type CloudApi, openCloud } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { exitCodes } from "../exitCodes";
import { inert } from "../inert";
import { withProgress } from "../progress";
import { connectionOf } from "../stack/openStack";
import { changesIn, type Preview, readPreview } from "../stack/preview";
import { isOurs } from "../stack/urn";
import type { EngineRecord, Pending } from "../state/engineRecord";
import { Halt, haltOf } from "../state/halt";
import { importFileOf } from "../state/importFile";
import { installedProvider } from "../state/installedProvider";
import type { LockHolder } from "../state/lock";
import { type Dialogue, StackEditor } from "../state/stackEditor";
import { backendUrl, projectHere } from "./backend";
import { conclusionOf } from "./conclusion";
import { type Leftovers, readLeftovers, type SearchedResource } from "./leftovers";
import type { RecoverOptions, Recovery } from "./recovery";
import { nameOf, openDecisions } from "./report";
import { requireNoProvider } from "./requireNoProvider";
import { StateFiles } from "./stateFiles";
import { StateRescue } from "./stateRescue";
import { changesState, type RecoveryStep, stepsOf, stepsOfKind, type Taken, textOfStep } from "./steps";
import { deleteSurplusKey, type Surplus } from "./surplus";
import { type EndedUpdate, readUpdates } from "./updates";

/** Recovers a stack whose engine was killed, or whose update failed. */
export async function recover(options: RecoverOptions, dialogue: Dialogue): Promise<Recovery> {
  return new Recoverer(options, dialogue).run();
}

/** A stack's state and its preview, and the leftovers in the cloud. */
interface Reading extends Leftovers {
  readonly record: EngineRecord;
  /** Output of `pulumi preview --json`; undefined if it reached no resource of this library. */
  readonly previewText: string | undefined;
  readonly preview: Preview | undefined;
  /** True if the preview is complete. */
  readonly isWhole: boolean;
  readonly cloud: CloudApi;
  readonly last: EndedUpdate | undefined;
  /** Interrupted operations of this library and of the engine's own bookkeeping. */
  readonly pending: readonly Pending[];
  /** Interrupted operations of other libraries. */
  readonly foreign: readonly Pending[];
}

class Recoverer {
  private readonly editor: StackEditor;
  private readonly repaired: string[] = [];
  private found: readonly SearchedResource[] = [];
  private surplus: readonly Surplus[] = [];
  private readonly deletedKeys: string[] = [];
  /** Operations of the first reading; a later one finds them cleared. */
  private interrupted: Recovery["interrupted"] | undefined;
  private imported: Recovery["imported"] = [];
  private left: Recovery["left"];
  /** Absent where the states are in no folder. */
  private files: StateFiles | undefined;

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
      const { message, exitCode } = haltOf(error);
      this.dialogue.print(message);
      return this.resultWith(exitCode);
    }
  }

  private resultWith(exitCode: number): Recovery {
    const unproven = this.found.flatMap(({ resource: { urn }, finding }) =>
      finding.outcome === "unproven" ? [{ urn, id: finding.id, why: finding.why }] : [],
    );
    const { repaired, interrupted = [], imported, surplus, deletedKeys, left, editor } = this;
    const { stack } = this.options;
    return {
      ...{ stack, exitCode, repaired, interrupted, imported, unproven, surplus, deletedKeys, left },
      backup: editor.backup,
    };
  }

  /** Reads, decides on the steps, asks, runs them and reports. */
  private async work(): Promise<number> {
    const { record, isRecreated } = await this.usableState();
    const reading = await this.read(record, isRecreated);
    const steps = stepsOf({
      ...reading,
      isLocked: this.lockHolders.length > 0,
      showsLocks: this.files !== undefined,
      deleteSurplusKeys: this.options.deleteSurplusKeys ?? false,
    });
    if (steps.length > 0) {
      await this.editor.agreeOn(`To recover stack ${this.name}:`, steps.map(textOfStep));
      const earlier = this.imported.length;
      await this.perform(steps, reading);
      // A preview that failed stopped at the first refusal: after an import the next one comes further.
      const isFurther = this.imported.length > earlier && !reading.isWhole;
      if (isFurther && reading.previewText !== undefined) return this.work();
    }
    return this.report(steps, reading);
  }

  /**
   * Returns a readable state that no engine and no provider is changing.
   *
   * @throws {Halt} if something may still run, or the user does not agree to a repair.
   */
  private async usableState(): Promise<{ readonly record: EngineRecord; readonly isRecreated: boolean }> {
    const backend = await backendUrl();
    this.files = StateFiles.of(backend, projectHere(), this.options.stack.split("/").at(-1) ?? "");
    const rescue = new StateRescue({ ...this.options, backend, files: this.files }, this.editor);
    try {
      this.editor.requireNoEngine(this.lockHolders);
      await requireNoProvider(this.options.engineEnded);
      await rescue.repairFiles();
      const record = await this.editor.readIfThere();
      if (!record) return { record: await rescue.createEmptyStack(), isRecreated: true };
      return { record: (await rescue.copyRestored(record)) ?? record, isRecreated: false };
    } finally {
      this.repaired.push(...rescue.repaired);
    }
  }

  /**
   * Reads the resources that the program wants, and the resources in the cloud that the state lacks.
   *
   * @throws {Halt} if the cloud cannot be read.
   */
  private async read(record: EngineRecord, isRecreated: boolean): Promise<Reading> {
    this.interrupted ??= record.pending.map(({ operation, resource: { urn } }) => ({ urn, operation }));
    const isForeign = ({ isBookkeeping, resource: { urn } }: Pending) => !isBookkeeping && !isOurs(urn);
    const previewed = await this.editor.previewText("Comparing program and state", ["--show-sames"]);
    const { text: previewText, isWhole = false } = previewed ?? {};
    const preview = previewText === undefined ? undefined : readPreview(previewText);
    const updates = await readUpdates(this.options.stack, record.oldest);
    const connection = await connectionOf(this.options.stack, record.state.resources, this.editor.configured);
    const past = {
      ...{ updates, isRecreated, given: new Set(this.options.take) },
      pastIds: this.files?.idsOfPast() ?? [],
    };
    const read = async () => {
      const cloud = await openCloud(connection);
      return { cloud, ...(await readLeftovers(record, preview, past, cloud)) };
    };
    const seen = await unlessCloudFails(withProgress("Reading the cloud", read()), (error): never => {
      throw new Halt(
        `Reading the cloud failed: ${inert(failureText(error))}. recover stopped before the import.`,
      );
    });
    this.found = seen.found;
    this.surplus = seen.surplus;
    return {
      ...{ record, previewText, preview, isWhole, ...seen, last: updates.last },
      pending: record.pending.filter((one) => !isForeign(one)),
      foreign: record.pending.filter(isForeign),
    };
  }

  private async perform(steps: readonly RecoveryStep[], reading: Reading): Promise<void> {
    if (stepsOfKind(steps, "release").length > 0) await this.editor.release(this.lockHolders);
    const taken = stepsOfKind(steps, "take").map(({ found }) => found);
    if (steps.some(changesState)) await this.takeIn(taken, reading);
    for (const { surplus } of stepsOfKind(steps, "deleteKey")) await this.delete(surplus, reading.cloud);
  }

  /** Prints the open decisions, and the changes that an update still has to make. @returns the exit code. */
  private async report(steps: readonly RecoveryStep[], reading: Reading): Promise<number> {
    const { isWhole, pending, last } = reading;
    const { stack } = this.options;
    const take = ["audit-trails recover --stack", stack, ...this.editor.configured, "--take"].join(" ");
    const isCleared = steps.some(changesState);
    const texts = openDecisions({ ...reading, surplus: this.surplus, isCleared }, take);
    if (steps.length + texts.length === 0)
      this.dialogue.print(`Nothing is left of an interrupted update in stack ${this.name}.`);
    for (const text of texts) this.dialogue.print(text);
    const isKnown = await this.conclude(pending, last);
    if (!isKnown || !isWhole) return exitCodes.unknown;
    return texts.length > 0 ? exitCodes.failedOn : exitCodes.success;
  }

  /** Prints what an update still has to do. @returns false if that is unknown. */
  private async conclude(pending: readonly Pending[], last: EndedUpdate | undefined): Promise<boolean> {
    const preview = await this.editor.preview("Previewing the remaining changes", ["--refresh"]);
    if (!preview) {
      this.dialogue.print("The preview failed, so the changes of the next update are unknown.");
      return false;
    }
    const left: Record<string, number> = {};
    for (const { op } of changesIn(preview)) left[op] = (left[op] ?? 0) + 1;
    this.left = left;
    const options = ["--refresh", "--stack", this.options.stack, ...this.editor.configured].join(" ");
    this.dialogue.print(conclusionOf({ name: this.name, options, left, pending, last }).join("\n"));
    return true;
  }

  private get name(): string {
    return inert(this.options.stack);
  }

  /** Engines that locked the stack, as far as the backend shows them. */
  private get lockHolders(): readonly LockHolder[] {
    return this.files?.lockHolders() ?? [];
  }

  /** Imports the found resources into the state, and clears pending operations. */
  private async takeIn(
    ours: readonly Taken[],
    { record: before, preview, previewText, isWhole }: Reading,
  ): Promise<void> {
    const previewed = isWhole ? previewText : undefined;
    const earlier = this.imported.filter(({ urn }) => ours.every(({ resource }) => resource.urn !== urn));
    const importedFrom = (all: typeof ours) => [
      ...earlier,
      ...all.map(({ resource: { urn }, id }) => ({ urn, id })),
    ];
    const missing = ours.filter(({ isReplacement }) => !isReplacement);
    if (missing.length > 0) {
      await this.editor.import(importFileOf(missing, before, preview, installedProvider()));
      this.imported = importedFrom(missing);
    }
    // The engine imports nothing under the name of a resource that the state has.
    const successors = new Map(
      ours.flatMap(({ isReplacement, resource: { urn }, id }) => (isReplacement ? [[urn, id] as const] : [])),
    );
    await this.editor.edit("Clearing pending operations", (now) => {
      const settled = now.settled(successors);
      return (previewed === undefined ? undefined : settled.completed(previewed)) ?? settled;
    });
    if (successors.size > 0) await this.editor.refresh([...successors.keys()]);
    this.imported = importedFrom(ours);
    if (ours.length > 0)
      this.dialogue.print(
        `Imported into the state: ${ours.map(({ resource }) => nameOf(resource)).join(", ")}.`,
      );
  }

  private async delete(key: Surplus, cloud: CloudApi): Promise<void> {
    const { id } = key;
    // Since the question an engine may have begun.
    this.editor.requireNoEngine(this.lockHolders);
    const doubt = await deleteSurplusKey(key, cloud);
    if (doubt) {
      this.surplus = this.surplus.map((one) => (one.id === id ? { ...one, doubt } : one));
      return;
    }
    this.deletedKeys.push(id);
    this.surplus = this.surplus.filter((one) => one.id !== id);
    this.dialogue.print(`KMS key ${id} was deleted.`);
  }
}
