import { type Connection, openCloud } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { exitCodes } from "../exitCodes";
import { inert } from "../inert";
import { withProgress } from "../progress";
import { type Configuration, connectionIn, configurationOf as stackConfiguration } from "../stack/openStack";
import { readPreview } from "../stack/preview";
import { commandConnection } from "../stack/profile";
import { splitUrn } from "../stack/urn";
import { Halt, haltOf } from "../state/halt";
import { creationsIn, importFileOf } from "../state/importFile";
import { type Dialogue, type EditorOptions, StackEditor } from "../state/stackEditor";
import type { SetUp } from "./composer";
import { type ConfigurationChanges, configurationChanges } from "./configurationChanges";
import { type ExistingSetUp, readSetUp } from "./existingSetUp";
import { matchesOf } from "./ids";
import { leftToDo } from "./leftToDo";
import { refusalsOfOwners } from "./owners";
import { grantsOnBuckets, type Program, programHere } from "./program";
import { byBucketName, missingRoles } from "./roles";
import { configurationOf, setUpOf } from "./setUp";
import { interruptedIn, strangersIn } from "./stackConflicts";
import { type AdoptionStep, stepsOf, textOfStep } from "./steps";
import { type Weakness, weaknessesOf } from "./weaknesses";

/** Options of `audit-trails adopt`. */
export interface AdoptOptions extends EditorOptions {
  /** Ids of the trails. */
  readonly trail: readonly string[];
  /** Stack that managed the set-up before, as `<project>/<stack>`. Its labels, tags and descriptions are accepted. */
  readonly from?: string;
}

/** Result of `audit-trails adopt`, for programs. */
export interface Adoption {
  readonly stack: string;
  readonly exitCode: number;
  /** Reasons for which nothing was done. */
  readonly refusals: readonly string[];
  /** Configuration that was written, by key without the project's name. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  /** Resources that the trails use and the stack does not manage, with the reason, in sentences. */
  readonly onlyUsed: readonly string[];
  /** Settings that are weaker than the defaults. */
  readonly weaknesses: readonly Weakness[];
  /** Changes of the next `pulumi up` in the cloud, in sentences; absent if they are unknown. */
  readonly left?: readonly string[];
  /** The folder with the states before each change. */
  readonly backup?: string;
}

/** Imports a set-up of another tool into a stack. It writes nothing to the cloud. */
export async function adopt(options: AdoptOptions, dialogue: Dialogue): Promise<Adoption> {
  return new Adopter(options, dialogue).run();
}

class Adopter {
  private readonly editor: StackEditor;
  private readonly program: Program;
  private result: Omit<Adoption, "stack" | "exitCode" | "backup"> = {
    ...{ refusals: [], configuration: {}, imported: [], onlyUsed: [], weaknesses: [] },
  };

  constructor(
    private readonly options: AdoptOptions,
    private readonly dialogue: Dialogue,
  ) {
    this.editor = new StackEditor(options, dialogue);
    this.program = programHere();
  }

  async run(): Promise<Adoption> {
    const end = (exitCode: number) => ({
      ...{ stack: this.options.stack, exitCode, ...this.result, backup: this.editor.backup },
    });
    try {
      return end(await this.work());
    } catch (error) {
      const { message, exitCode } = haltOf(error);
      this.dialogue.print(message);
      return end(exitCode);
    }
  }

  /** Reads, decides on the steps, asks, runs them and reports. */
  private async work(): Promise<number> {
    const record = await this.editor.readIfThere();
    const configuration = record && (await this.readConfiguration());
    const found = await this.readCloud(
      configuration ? connectionIn(configuration, record.state.resources) : commandConnection({}),
    );
    const { setUp, refusals } = setUpOf(found, grantsOnBuckets(this.program.provider.version));
    const { changes, conflicts } = this.compare(setUp, configuration);
    const { stack, from } = this.options;
    this.refuse([
      ...refusals,
      ...refusalsOfOwners(found, this.program.project, stack.split("/").at(-1) ?? "", from),
      ...interruptedIn(record),
      ...(setUp ? [...conflicts, ...strangersIn(record, setUp)] : []),
    ]);
    if (!setUp) return exitCodes.usage;

    this.result = { ...this.result, onlyUsed: setUp.onlyUsed, weaknesses: weaknessesOf(setUp, found) };
    this.printFound(setUp, found);
    const steps = stepsOf(setUp, found, record, changes);
    if (steps.length > 0) {
      await this.editor.agreeOn(
        `To adopt this set-up into stack ${inert(stack)} (nothing changes in the cloud):`,
        steps.map(textOfStep),
      );
      await this.prepare(setUp, steps);
    }
    await this.takeIn(setUp, found, steps.length > 0);
    return this.conclude(setUp, found);
  }

  private readConfiguration(): Promise<Configuration> {
    return stackConfiguration(this.options.stack, this.editor.configured);
  }

  private async readCloud(connection: Connection): Promise<ExistingSetUp> {
    const reading = openCloud(connection).then((cloud) => readSetUp(this.options.trail, cloud));
    return unlessCloudFails(withProgress("Reading the cloud", reading), (error): never => {
      throw new Halt(`Reading the cloud failed: ${inert(failureText(error))}. Nothing was changed.`);
    });
  }

  /** Creates the stack where it is missing, and writes its configuration. */
  private async prepare(setUp: SetUp, steps: readonly AdoptionStep[]): Promise<void> {
    let changes = Object.fromEntries(
      steps.flatMap((step) => (step.kind === "configure" ? [[step.key, step.value]] : [])),
    );
    if (steps.some(({ kind }) => kind === "createStack")) {
      await this.editor.makeStack();
      // Its configuration file may have been there before it.
      const compared = this.compare(setUp, await this.readConfiguration());
      this.refuse(compared.conflicts, "the stack was created, and nothing else was changed");
      changes = compared.changes;
    }
    const { project } = this.program;
    if (Object.keys(changes).length > 0)
      await this.editor.configure(
        Object.fromEntries(Object.entries(changes).map(([key, value]) => [`${project}:${key}`, value])),
      );
    this.result = { ...this.result, configuration: changes };
  }

  /** @param given Configuration of the stack; empty if the stack does not exist. */
  private compare(setUp: SetUp | undefined, given: Configuration = {}): ConfigurationChanges {
    return configurationChanges(setUp ? configurationOf(setUp.args) : {}, given, this.program);
  }

  private refuse(refusals: readonly string[], outcome = "nothing was changed"): void {
    if (refusals.length === 0) return;
    this.result = { ...this.result, refusals };
    throw new Halt(
      [`This cannot be taken over; ${outcome}:`, ...refusals.map((line) => `  - ${line}`)].join("\n"),
      exitCodes.usage,
    );
  }

  private printFound({ plan }: SetUp, { trails }: ExistingSetUp): void {
    const { print } = this.dialogue;
    for (const [id, trail] of trails)
      print(
        `Found trail ${inert(trail?.name ?? "")} (${inert(id)}), which is ${trail?.status}${trail?.statusErrorMessage ? `: ${inert(trail.statusErrorMessage)}` : ""}.`,
      );
    print(
      `It delivers to ${plan.buckets.map(({ bucketName }) => `bucket ${inert(String(bucketName))}`).join(", ")}.`,
    );
    for (const line of this.result.onlyUsed) print(line);
  }

  /** Imports the set-up into the state. Resources that the state has already, for example after an earlier run, are skipped. */
  private async takeIn(setUp: SetUp, found: ExistingSetUp, isAgreed: boolean): Promise<void> {
    const previewed = await this.editor.previewText("Comparing program and cloud", ["--show-sames"]);
    if (!previewed?.isWhole) throw new Halt("Nothing was imported into the state.");
    const { text } = previewed;
    const record = await this.editor.read();
    const preview = readPreview(text);
    const { provider } = this.program;
    const matches = matchesOf(creationsIn(preview), record.state.resources, {
      ...{
        parts: setUp.parts,
        granted: found.grants.map((grant) => ({ ...grant, on: byBucketName(grant.on, found) })),
        release: provider.version,
      },
    });
    if (matches.length > 0) {
      if (!isAgreed)
        await this.editor.agreeOn(
          "An earlier run was stopped. To continue it:",
          matches.map(
            ({ resource: { urn }, id }) =>
              `import ${inert(id)} into the state as ${inert(splitUrn(urn).name)}`,
          ),
        );
      await this.editor.import(importFileOf(matches, record, preview, provider));
      this.result = { ...this.result, imported: matches.map(({ resource: { urn }, id }) => ({ urn, id })) };
    }
    if (matches.length === 0) {
      if (!record.completed(text)) return;
      if (!isAgreed)
        await this.editor.agreeOn("An earlier run was stopped. To continue it:", [
          "record in the state how the resources are protected, what they depend on, and which of them stay in the cloud when they leave the stack",
        ]);
    }
    await this.editor.edit("Recording the protection of the resources", (now) => now.completed(text) ?? now);
  }

  /** Prints the changes that an update would make, and the points that are weaker than the defaults. */
  private async conclude(setUp: SetUp, found: ExistingSetUp): Promise<number> {
    const preview = await this.editor.preview("Previewing the remaining changes", ["--refresh"]);
    const { print } = this.dialogue;
    this.printWeaknesses();
    if (!preview) {
      print("The preview failed, so the changes of the next update are unknown.");
      return exitCodes.unknown;
    }
    const missing = missingRoles(setUp.needs, found);
    const left = leftToDo(preview, missing);
    this.result = { ...this.result, left };
    const { imported, configuration } = this.result;
    if (left.length > 0) {
      print(["Changes of the next pulumi up:", ...left.map((line) => `  - ${line}`)].join("\n"));
      return exitCodes.failedOn;
    }
    if (imported.length === 0 && Object.keys(configuration).length === 0) print("There was nothing to do.");
    print(`Stack ${inert(this.options.stack)} matches the cloud: the preview has no changes.`);
    return exitCodes.success;
  }

  private printWeaknesses(): void {
    const { weaknesses } = this.result;
    if (weaknesses.length === 0) return;
    const lines = weaknesses.flatMap(({ what, correction }) => [`  - ${what}`, `      ${correction}`]);
    this.dialogue.print(["Weaker than the defaults, each with its correction:", ...lines].join("\n"));
  }
}
