import { parse } from "yaml";
import { z } from "zod";
import { type CloudApi, openCloud } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { deleteKey } from "../../api/keys";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { withProgress } from "../progress";
import { changesIn, type Preview, readPreview } from "../stack/engineJson";
import { connectionOf } from "../stack/openStack";
import { runPulumi } from "../stack/runPulumi";
import { isOurs } from "../stack/urn";
import type { EngineRecord, Pending } from "../state/engineRecord";
import { importFileOf } from "../state/importFile";
import { installedProvider } from "../state/installedProvider";
import type { LockHolder } from "../state/lock";
import { readIfThere } from "../state/readIfThere";
import { type Dialogue, type EditorOptions, Halt, haltOf, lastLine, StackEditor } from "../state/stackEditor";
import { type Found, look } from "./look";
import { livingOf } from "./lost";
import { type Orphan, orphansLeft } from "./orphans";
import type { Outside } from "./outside";
import {
  clearingOf,
  deletionOf,
  nameOf,
  takingOf,
  textOfForeign,
  textOfOutside,
  textOfSurplus,
  textOfUnproven,
} from "./report";
import { StateFiles } from "./stateFiles";
import { doubtAboutKey, type Surplus } from "./surplus";
import { type EndedUpdate, Updates } from "./updates";
import type { Wanted } from "./wanted";

export interface RecoverOptions extends EditorOptions {
  /** Whether keys are deleted that an interrupted update left over and that nothing is encrypted with. */
  readonly deleteSurplusKeys?: boolean;
  /** Whether a stack that has lost its state is begun anew. */
  readonly beginAnew?: boolean;
  /** Whether a copy of the state is restored that has resources which the state lost. */
  readonly restoreCopy?: boolean;
  /** Ids of what is the stack's though nothing proves it. */
  readonly take?: readonly string[];
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
  private outside: readonly Outside[] = [];
  private last: EndedUpdate | undefined;
  private readonly deletedKeys: string[] = [];
  private interrupted: Recovery["interrupted"] = [];
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
      this.dialogue.tell(message);
      return this.resultWith(exitCode);
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
    const backend = await backendUrl();
    this.files = StateFiles.of(backend, projectHere(), this.options.stack.split("/").at(-1) ?? "");
    this.requireNoEngine();
    await this.requireNoProvider();
    await this.repair();
    const found = await this.editor.readIfThere();
    const record = found ?? (await this.begunAnew(backend));
    if (found && (await this.isCopyRestored(record))) return this.work();
    this.interrupted = record.pending.map(({ operation, resource: { urn } }) => ({ urn, operation }));
    const isForeign = ({ isBookkeeping, resource: { urn } }: Pending) => !isBookkeeping && !isOurs(urn);
    const pending = record.pending.filter((one) => !isForeign(one));
    const foreign = record.pending.filter(isForeign);

    const previewed = await this.editor.previewText("Comparing program and state", ["--show-sames"]);
    const { text, isWhole } = previewed ?? {};
    const preview = text === undefined ? undefined : readPreview(text);
    const cloud = await this.look(record, preview, found === undefined);
    const ours = this.found.flatMap((one) =>
      one.finding.outcome === "ours" ? [{ ...one, id: one.finding.id }] : [],
    );
    const doomed = this.options.deleteSurplusKeys
      ? this.surplus.filter(({ kind, doubt }) => kind === "key" && !doubt)
      : [];
    const isLocked = this.lockHolders.length > 0;
    const toRelease = isLocked ? ["release the stack, which an engine that has ended still has locked"] : [];
    const toSettle = [...ours.map((one) => takingOf(one, one.id)), ...pending.map(clearingOf)];
    if (!this.files && toSettle.length === 0 && (foreign.length === 0 || doomed.length > 0))
      toSettle.push(
        "release the stack, if an engine that has ended still has it locked: this backend says so only when the state is " +
          "written, which stays as it is",
      );
    // `pulumi stack import` clears all that is pending, also what the text that it imports has:
    // https://github.com/pulumi/pulumi/blob/1f2ac952473921857cc831a93a27441c2fd2e8cf/pkg/cmd/pulumi/stack/io.go
    if (toSettle.length > 0) toSettle.push(...foreign.map(clearingOf));
    const plan = [...toRelease, ...toSettle, ...doomed.map(deletionOf)];
    if (plan.length > 0) {
      await this.editor.agreeOn(`To recover stack ${this.name}:`, plan);
      if (isLocked) await this.editor.release(this.lockHolders);
      if (toSettle.length > 0) await this.takeIn(ours, record, isWhole ? text : undefined, preview);
      for (const one of doomed) await this.delete(one, cloud);
      // A preview that failed stopped at the first thing that it was refused: the next one comes further.
      if (ours.length > 0 && !isWhole && text !== undefined) return this.work();
    }
    const take = [
      "audit-trails recover --stack",
      this.options.stack,
      ...this.editor.configured,
      "--take",
    ].join(" ");
    const texts = [
      ...this.surplus.map(textOfSurplus),
      ...this.found.flatMap((one) => textOfUnproven(one, take) ?? []),
      ...this.outside.map(textOfOutside),
      ...foreign.map((one) => textOfForeign(one, toSettle.length > 0)),
      ...(isWhole
        ? []
        : [
            "The preview failed, so recover did not search for leftovers, and not for all that was not begun.",
          ]),
    ];
    if (plan.length + texts.length === 0)
      this.dialogue.tell(`Nothing is left of an interrupted update in stack ${this.name}.`);
    for (const text of texts) this.dialogue.tell(text);
    const code = await this.conclude(pending);
    if (!isWhole) return exitCodes.unknown;
    return code === exitCodes.told && texts.length > 0 ? exitCodes.failedOn : code;
  }

  /** Looks in the cloud for what the state does not have. */
  private async look(record: EngineRecord, preview: Preview | undefined, isAnew: boolean): Promise<CloudApi> {
    const updates = await this.updates(record);
    this.last = updates.last;
    const given = new Set(this.options.take);
    const connection = await connectionOf(this.options.stack, record.state.resources, this.editor.configured);
    const looking = async () => {
      const cloud = await openCloud(connection);
      const past = { updates, isAnew, given, pastIds: this.files?.idsOfPast() ?? [] };
      return { cloud, ...(await look(record, preview, past, cloud)) };
    };
    const { cloud, found, surplus, outside } = await unlessCloudFails(
      withProgress("Reading the cloud", looking()),
      (error): never => {
        throw new Halt(
          `Reading the cloud failed: ${inert(failureText(error))}. Nothing was taken into the state.`,
        );
      },
    );
    this.found = found;
    this.surplus = surplus;
    this.outside = outside;
    return cloud;
  }

  private get name(): string {
    return inert(this.options.stack);
  }

  /** Who holds the stack, as far as that is seen from here. */
  private get lockHolders(): readonly LockHolder[] {
    return this.files?.lockHolders() ?? [];
  }

  /** @throws {Halt} if an engine holds the stack that may still run. */
  private requireNoEngine(): void {
    this.editor.requireNoEngine(this.lockHolders);
  }

  /** @throws {Halt} if a provider may still be making something. */
  private async requireNoProvider(): Promise<void> {
    let running: readonly Orphan[] = [];
    try {
      running = await withProgress("Waiting for providers of an engine that has ended", orphansLeft());
    } catch (error) {
      if (!this.options.engineEnded)
        throw new Halt(
          `Whether a provider still runs cannot be seen: ${inert((error as Error).message)}. Nothing was changed. If none does, run ` +
            "this again with --engine-ended.",
        );
    }
    const [first] = running;
    if (first)
      throw new Halt(
        `${first.name} is running on this machine (process ${first.pid}), and its engine has ended. It may still be making something. ` +
          "Nothing was changed. It ends by itself within five minutes; run this again then.",
      );
  }

  /** Begins a stack anew that has lost its state. */
  private async begunAnew(backend: string): Promise<EngineRecord> {
    if (!this.options.beginAnew)
      throw new UsageError(
        `There is no stack ${this.name} in the backend ${inert(backend)}. If that is where its state was, and it is lost, ` +
          "--begin-anew makes an empty stack and takes what the cloud has of it into its state.",
      );
    await this.editor.agreeOn(`Stack ${this.name} has no state in the backend ${inert(backend)}:`, [
      "make an empty stack, and take what the cloud has of it into its state",
    ]);
    this.requireNoEngine();
    // The CLI releases no stack that is not there.
    this.files?.unlock();
    await this.editor.makeStack();
    this.repaired.push("The stack was created again, with an empty state.");
    return this.editor.read();
  }

  /**
   * Checks whether the state lost resources that a copy of it has, and restores the copy where that was asked for.
   *
   * @returns whether the copy was restored.
   * @throws {Halt} if something was lost and nobody asked for the copy: an update would make it again.
   */
  private async isCopyRestored(record: EngineRecord): Promise<boolean> {
    const copy = this.files?.fullerCopy(new Set(record.state.resources.map(({ urn }) => urn)));
    const own = record.state.resources.filter(({ urn }) => isOurs(urn));
    if (!copy || copy.lost.length <= own.length) return false;
    const connection = await connectionOf(this.options.stack, record.state.resources, this.editor.configured);
    const reading = openCloud(connection).then((cloud) => livingOf(copy.lost, cloud));
    const living = await unlessCloudFails(
      withProgress("Checking what the state lacks", reading),
      (error): never => {
        throw new Halt(`Reading the cloud failed: ${inert(failureText(error))}. Nothing was changed.`);
      },
    );
    if (living === undefined) return false;
    const what = `The state of stack ${this.name} lacks ${copy.lost.length} resources that its copy ${copy.file} has, such as ${inert(living)}, which is still in the cloud.`;
    if (!this.options.restoreCopy)
      throw new Halt(
        `${what} Nothing was changed. Do not run pulumi up: it would make them again. If you did not remove them from the state, ` +
          `restore the copy:\n  audit-trails recover --restore-copy --stack ${this.options.stack}`,
        exitCodes.failedOn,
      );
    await this.editor.agreeOn(what, ["put the copy in the place of the state"]);
    this.files?.backUp(this.editor.backupFolder("files"));
    this.files?.restore(copy.file);
    this.repaired.push(`The state was restored from ${copy.file}.`);
    return true;
  }

  private async repair(): Promise<void> {
    const repairs = this.files?.repairs() ?? [];
    if (repairs.length === 0) return;
    await this.editor.agreeOn(
      `Files of stack ${this.name} are damaged:`,
      repairs.map(({ what }) => what),
    );
    this.files?.backUp(this.editor.backupFolder("files"));
    for (const { what, make } of repairs) {
      make();
      this.repaired.push(what);
    }
  }

  /** The stack's updates: the last hundred. @throws {Halt} if they cannot be read. */
  private async updates({ oldest }: EngineRecord): Promise<Updates> {
    const page = ["--json", "--page-size", "100", "--page", "1"];
    const { stack } = this.options;
    const run = await runPulumi("Reading the history", ["stack", "history", ...page, "--stack", stack]);
    if (run.succeeded) return Updates.read(run.stdout, oldest);
    throw new Halt(
      `The history of stack ${this.name} cannot be read: ${lastLine(run.stderr)}. Nothing was taken in.`,
    );
  }

  /** Takes what was found into the state, and clears what was pending. */
  private async takeIn(
    ours: readonly (Wanted & { readonly id: string })[],
    before: EngineRecord,
    previewed: string | undefined,
    preview: Preview | undefined,
  ): Promise<void> {
    const importedFrom = (all: typeof ours) => all.map(({ resource: { urn }, id }) => ({ urn, id }));
    const missing = ours.filter(({ isReplacement }) => !isReplacement);
    if (missing.length > 0) {
      await this.editor.import(importFileOf(missing, before, preview, installedProvider()));
      this.imported = importedFrom(missing);
    }
    // The engine imports nothing under the name of a resource that the state has.
    const successors = new Map(
      ours.flatMap(({ isReplacement, resource: { urn }, id }) => (isReplacement ? [[urn, id] as const] : [])),
    );
    await this.editor.edit("Clearing what was pending", (now) => {
      const settled = now.settled(successors);
      return (previewed === undefined ? undefined : settled.completed(previewed)) ?? settled;
    });
    if (successors.size > 0) await this.editor.refresh([...successors.keys()]);
    this.imported = importedFrom(ours);
    if (ours.length > 0)
      this.dialogue.tell(`Taken into the state: ${ours.map(({ resource }) => nameOf(resource)).join(", ")}.`);
  }

  private async delete(key: Surplus, cloud: CloudApi): Promise<void> {
    const { id, folderId } = key;
    // Since the question an engine may have begun, and something may have been encrypted with it.
    this.requireNoEngine();
    const doubt =
      (await unlessCloudFails(doubtAboutKey(key, folderId, cloud), failureText)) ??
      (await unlessCloudFails(
        withProgress("Deleting a surplus key", deleteKey(id, cloud)),
        (error) => `${failureText(error)}; its deletion protection may be off now`,
      ));
    if (doubt) {
      this.surplus = this.surplus.map((one) => (one.id === id ? { ...one, doubt } : one));
      return;
    }
    this.deletedKeys.push(id);
    this.surplus = this.surplus.filter((one) => one.id !== id);
    this.dialogue.tell(`KMS key ${id} was deleted.`);
  }

  /** Says what an update has still to do. */
  private async conclude(pending: readonly Pending[]): Promise<number> {
    const preview = await this.editor.preview("Looking for what is left to do", ["--refresh"]);
    if (!preview) {
      this.dialogue.tell("So it is unknown what an update has still to do.");
      return exitCodes.unknown;
    }
    const left: Record<string, number> = {};
    for (const { op } of changesIn(preview)) left[op] = (left[op] ?? 0) + 1;
    this.left = left;
    const counts = Object.entries(left).map(([op, count]) => `${count} to ${op}`);
    if (counts.length === 0) {
      this.dialogue.tell(`Stack ${this.name} is as the program wants it.`);
      return exitCodes.told;
    }
    const options = ["--refresh", "--stack", this.options.stack, ...this.editor.configured].join(" ");
    const wants = `What the program still wants: ${counts.join(", ")}.`;
    const up = `pulumi up ${options}`;
    const destroy = `pulumi destroy --run-program ${options}`;
    // A destroy deletes and does nothing else.
    const mayBeDestroy = pending.length > 0 && pending.every(({ operation }) => operation === "deleting");
    const lines =
      this.last?.kind === "destroy" && pending.length === 0
        ? [
            `The last update of stack ${this.name} was a pulumi destroy, which ${this.last.succeeded ? "ended" : "failed"}.`,
            ...(this.last.succeeded ? [] : [`To continue it:  ${destroy}`]),
            `To deploy the stack again:  ${up}`,
            wants,
          ]
        : [
            wants,
            `To have it made:  ${up}`,
            ...(mayBeDestroy ? [`If a pulumi destroy was interrupted, continue it:  ${destroy}`] : []),
          ];
    this.dialogue.tell(lines.join("\n"));
    return exitCodes.told;
  }
}

/** Where the states are. */
async function backendUrl(): Promise<string> {
  const { stdout, stderr, succeeded } = await runPulumi("Asking for the backend", ["whoami", "--json"]);
  if (!succeeded) throw new UsageError(`pulumi is not logged in: ${lastLine(stderr)}`);
  return z.object({ url: z.string() }).parse(JSON.parse(stdout)).url;
}

/** The project in the current folder. */
function projectHere(): string {
  const file = readIfThere("Pulumi.yaml", parse) ?? readIfThere("Pulumi.yml", parse);
  const project = z.object({ name: z.string() }).safeParse(file);
  if (project.success) return project.data.name;
  throw new UsageError(
    "There is no Pulumi.yaml with a name in the current folder. Run this where the program is.",
  );
}
