import { openCloud } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { exitCodes, UsageError } from "../exitCodes";
import { inert } from "../inert";
import { withProgress } from "../progress";
import { connectionOf } from "../stack/openStack";
import { isOurs } from "../stack/urn";
import type { EngineRecord } from "../state/engineRecord";
import { Halt } from "../state/halt";
import type { StackEditor } from "../state/stackEditor";
import { livingOf } from "./lost";
import type { StateFiles } from "./stateFiles";

/** Options of the user, and the backend. */
interface RescueOptions {
  readonly stack: string;
  readonly recreateState?: boolean;
  readonly restoreCopy?: boolean;
  /** URL of the backend. */
  readonly backend: string;
  /** Absent where the states are in no folder. */
  readonly files: StateFiles | undefined;
}

/** Repairs damaged files of a stack's state, replaces a missing state, and restores a state that lost its resources. */
export class StateRescue {
  /** Repairs so far, each a sentence for people. */
  readonly repaired: string[] = [];

  constructor(
    private readonly options: RescueOptions,
    private readonly editor: StackEditor,
  ) {}

  /** Repairs damaged files of the backend. @throws {Halt} if the user does not agree. */
  async repairFiles(): Promise<void> {
    const { files } = this.options;
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

  /**
   * Creates a stack again, with an empty state, after its state was lost.
   *
   * @throws {UsageError} without `--recreate-state`.
   */
  async createEmptyStack(): Promise<EngineRecord> {
    const backend = inert(this.options.backend);
    if (!this.options.recreateState)
      throw new UsageError(
        `There is no stack ${this.name} in the backend ${backend}. If its state was in this backend and is lost, ` +
          "use --recreate-state: it creates an empty stack, and imports the resources with the stack's marks.",
      );
    await this.editor.agreeOn(`Stack ${this.name} has no state in the backend ${backend}:`, [
      "create an empty stack, and import the resources with the stack's marks",
    ]);
    this.editor.requireNoEngine(this.options.files?.lockHolders() ?? []);
    // The CLI releases no stack that is not there.
    this.options.files?.unlock();
    await this.editor.makeStack();
    this.repaired.push("The stack was created again, with an empty state.");
    return this.editor.read();
  }

  /**
   * Checks whether the state lost resources that a copy of it has, and restores the copy with `--restore-copy`.
   *
   * @returns the restored state; undefined if the state stays as it is.
   * @throws {Halt} if something was lost, and `--restore-copy` is missing: an update would create it again.
   */
  async copyRestored({ state: { resources } }: EngineRecord): Promise<EngineRecord | undefined> {
    const { stack, files, restoreCopy } = this.options;
    const copy = files?.fullerCopy(new Set(resources.map(({ urn }) => urn)));
    const own = resources.filter(({ urn }) => isOurs(urn));
    if (!copy || copy.lost.length <= own.length) return undefined;
    const connection = await connectionOf(stack, resources, this.editor.configured);
    const reading = openCloud(connection).then((cloud) => livingOf(copy.lost, cloud));
    const living = await unlessCloudFails(
      withProgress("Checking for resources that the state lacks", reading),
      (error): never => {
        throw new Halt(`Reading the cloud failed: ${inert(failureText(error))}. Nothing was changed.`);
      },
    );
    if (living === undefined) return undefined;
    const loss = `The state of stack ${this.name} lacks ${copy.lost.length} resources that its copy ${copy.file} has, such as ${inert(living)}, which is still in the cloud.`;
    if (!restoreCopy)
      throw new Halt(
        `${loss} Nothing was changed. Do not run pulumi up: it would create them again. If you did not remove them from the state, ` +
          `restore the copy:\n  audit-trails recover --restore-copy --stack ${stack}`,
        exitCodes.failedOn,
      );
    await this.editor.agreeOn(loss, ["replace the state by the copy"]);
    files?.backUp(this.editor.backupFolder("files"));
    files?.restore(copy.file);
    this.repaired.push(`The state was restored from ${copy.file}.`);
    return this.editor.read();
  }

  private get name(): string {
    return inert(this.options.stack);
  }
}
