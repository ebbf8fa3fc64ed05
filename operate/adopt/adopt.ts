import { openCloud } from "../../api/connection";
import { failureText, unlessCloudFails } from "../../api/failures";
import { exitCodes } from "../exitCodes";
import { inert } from "../inert";
import { withProgress } from "../progress";
import { changesIn, type Properties, readPreview, type Step } from "../stack/engineJson";
import { connectionOf, configurationOf as stackConfiguration } from "../stack/openStack";
import { commandConnection } from "../stack/profile";
import { canonical, kindOf, kindTitles } from "../stack/stackView";
import { isOurs, splitUrn } from "../stack/urn";
import type { EngineRecord } from "../state/engineRecord";
import { creationsIn, importFileOf } from "../state/importFile";
import { type Dialogue, type EditorOptions, Halt, haltOf, StackEditor } from "../state/stackEditor";
import type { SetUp } from "./composer";
import { matchesOf } from "./ids";
import { type Found, look } from "./look";
import { refusalsOfOwners } from "./owners";
import { grantsOnBuckets, type Program, programHere } from "./program";
import { byBucketName, isThe, type MissingRole, missingRoles } from "./roles";
import { configurationOf, setUpOf } from "./setUp";
import { placeNames, type Weakness, weaknessesOf } from "./weaknesses";

/** Options of `audit-trails adopt`. */
export interface AdoptOptions extends EditorOptions {
  /** Ids of the trails. */
  readonly trail: readonly string[];
  /** Stack whose marks the set-up has and which does not manage it any more, as `<project>/<stack>`. */
  readonly from?: string;
}

/** What was found and done, for programs. */
export interface Adoption {
  readonly stack: string;
  readonly exitCode: number;
  /** Why nothing was done. */
  readonly refusals: readonly string[];
  /** What was written, without the project's name before the keys. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly imported: readonly { readonly urn: string; readonly id: string }[];
  /** What is only used and not managed, and why. */
  readonly onlyUsed: readonly string[];
  /** Where it is weaker than the defaults. */
  readonly weaknesses: readonly Weakness[];
  /** What the next `pulumi up` changes in the cloud, in sentences; absent if it cannot be told. */
  readonly left?: readonly string[];
  /** The folder with the states before each change. */
  readonly backup?: string;
}

/** Keys that say nothing of a set-up: they may be as they are. */
const free = new Set([
  ...["preflight", "rolePropagationTimeoutSeconds", "activeTimeoutSeconds", "activeWindowSeconds"],
]);

/** Takes a set-up that another tool made into a stack. It writes nothing to the cloud. */
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
      this.dialogue.tell(message);
      return end(exitCode);
    }
  }

  private async work(): Promise<number> {
    const record = await this.editor.readIfThere();
    const connection = record
      ? await connectionOf(this.options.stack, record.state.resources, this.editor.configured)
      : commandConnection({});
    const reading = openCloud(connection).then((cloud) => look(this.options.trail, cloud));
    const found = await unlessCloudFails(withProgress("Reading the cloud", reading), cannotTell);
    const { setUp, refusals } = setUpOf(found, grantsOnBuckets(this.program.provider.version));
    const configuration = setUp ? configurationOf(setUp.args) : {};
    let { changes, conflicts } = await this.compare(configuration, record !== undefined);
    const { stack, from } = this.options;
    this.refuse([
      ...refusals,
      ...refusalsOfOwners(found, this.program.project, stack.split("/").at(-1) ?? "", from),
      ...interruptedIn(record),
      ...(setUp ? [...conflicts, ...strangersIn(record, setUp)] : []),
    ]);
    if (!setUp) return exitCodes.usage;

    this.result = { ...this.result, onlyUsed: setUp.onlyUsed, weaknesses: weaknessesOf(setUp, found) };
    const plan = this.planOf(setUp, found, record, changes);
    this.tellFound(setUp, found);
    if (plan.length > 0) {
      await this.editor.agreeOn(
        `To take this into stack ${inert(this.options.stack)}, which changes nothing in the cloud:`,
        plan,
      );
      if (!record) {
        await this.editor.makeStack();
        // Its file of configuration may have been there before it.
        ({ changes, conflicts } = await this.compare(configuration, true));
        this.refuse(conflicts, "nothing was changed but that the stack was made");
      }
      if (Object.keys(changes).length > 0)
        await this.editor.configure(
          Object.fromEntries(
            Object.entries(changes).map(([key, value]) => [`${this.program.project}:${key}`, value]),
          ),
        );
      this.result = { ...this.result, configuration: changes };
    }
    await this.takeIn(setUp, found, plan.length > 0);
    return this.conclude(setUp, found);
  }

  private refuse(refusals: readonly string[], outcome = "nothing was changed"): void {
    if (refusals.length === 0) return;
    this.result = { ...this.result, refusals };
    throw new Halt(
      [`This cannot be taken over; ${outcome}:`, ...refusals.map((line) => `  - ${line}`)].join("\n"),
      exitCodes.usage,
    );
  }

  /** The configuration that is to be written, and what stands in its way. Without its stack none can be read. */
  private async compare(wanted: Readonly<Record<string, unknown>>, hasStack: boolean) {
    const given = hasStack ? await stackConfiguration(this.options.stack, this.editor.configured) : {};
    const changes: Record<string, unknown> = {};
    const conflicts: string[] = [];
    for (const [key, byDefault] of this.program.defaults) {
      if (free.has(key)) continue;
      const now = saidBy(given[`${this.program.project}:${key}`]) ?? byDefault;
      const should = wanted[key] ?? byDefault;
      if (isSame(now, should)) continue;
      if (isSame(now, byDefault)) changes[key] = should;
      else
        conflicts.push(
          `The stack's configuration says ${key}: ${shown(now)}; what is there is ${shown(should)}. Remove the key, or use another stack: pulumi config rm ${key}`,
        );
    }
    return { changes, conflicts };
  }

  private planOf(
    setUp: SetUp,
    { grants }: Found,
    record: EngineRecord | undefined,
    changes: Readonly<Record<string, unknown>>,
  ): string[] {
    const ids = new Set([...(record?.ids ?? [])].map(plainId));
    const missing = (id: string) => !ids.has(plainId(id));
    const imports = [
      ...setUp.parts
        .filter(({ id }) => missing(id))
        .map(({ kind, id, name }) => `take ${kindTitles[kind]} ${inert(id)} into the state as ${name}`),
      ...setUp.needs
        .filter((need) => grants.some((grant) => isThe(grant, need)))
        .filter(({ role, on, accountId }) => missing(`${on.id},${role},serviceAccount:${accountId}`))
        .map(
          ({ role, on, accountId }) =>
            `take role ${role} on ${placeNames[on.type]} ${inert(on.id)} for service account ${inert(accountId)} into the state`,
        ),
    ];
    return [
      ...(record ? [] : ["make the stack, which does not exist"]),
      ...Object.entries(changes).map(([key, value]) => `write ${key}: ${inert(shown(value))}`),
      ...imports,
      ...(imports.length > 0
        ? [
            "note in the state that all of it is protected, and that buckets and keys stay when they leave the stack",
          ]
        : []),
    ];
  }

  private tellFound({ plan }: SetUp, { trails }: Found): void {
    const { tell } = this.dialogue;
    for (const [id, trail] of trails)
      tell(
        `Found trail ${inert(trail?.name ?? "")} (${inert(id)}), which is ${trail?.status}${trail?.statusErrorMessage ? `: ${inert(trail.statusErrorMessage)}` : ""}.`,
      );
    tell(
      `It delivers to ${plan.buckets.map(({ bucketName }) => `bucket ${inert(String(bucketName))}`).join(", ")}.`,
    );
    for (const line of this.result.onlyUsed) tell(line);
  }

  /** Takes what is there into the state. What is there already, after an earlier run for example, is left out. */
  private async takeIn(setUp: SetUp, found: Found, isAgreed: boolean): Promise<void> {
    const previewed = await this.editor.previewText("Comparing program and cloud", ["--show-sames"]);
    if (!previewed?.isWhole) throw new Halt("So nothing was taken into the state.");
    const { text } = previewed;
    const record = await this.editor.read();
    const preview = readPreview(text);
    const { provider } = this.program;
    const matches = matchesOf(creationsIn(preview), record.state.resources, {
      ...{ parts: setUp.parts, granted: byBucketName(found), release: provider.version },
    });
    if (matches.length > 0) {
      if (!isAgreed)
        await this.editor.agreeOn(
          "An earlier run was stopped. To continue it:",
          matches.map(
            ({ resource: { urn }, id }) => `take ${inert(id)} into the state as ${inert(splitUrn(urn).name)}`,
          ),
        );
      await this.editor.import(importFileOf(matches, record, preview, provider));
      this.result = { ...this.result, imported: matches.map(({ resource: { urn }, id }) => ({ urn, id })) };
    }
    if (matches.length === 0) {
      if (!record.completed(text)) return;
      if (!isAgreed)
        await this.editor.agreeOn("An earlier run was stopped. To continue it:", [
          "note in the state what protects the resources, what they depend on, and what stays when it leaves the stack",
        ]);
    }
    await this.editor.edit("Noting what protects it", (now) => now.completed(text) ?? now);
  }

  /** Says what an update would change, and what is weaker than the defaults. */
  private async conclude(setUp: SetUp, found: Found): Promise<number> {
    const preview = await this.editor.preview("Looking for what is left to do", ["--refresh"]);
    const { tell } = this.dialogue;
    this.tellWeaknesses();
    if (!preview) {
      tell("So it is unknown what an update would change.");
      return exitCodes.unknown;
    }
    const missing = missingRoles(setUp.needs, found);
    const left = changesIn(preview)
      .filter(({ urn }) => !isComponent(urn))
      .map((step) => sentenceOf(step, missing));
    this.result = { ...this.result, left };
    const { imported, configuration } = this.result;
    if (left.length > 0) {
      tell(["What the next pulumi up changes:", ...left.map((line) => `  - ${line}`)].join("\n"));
      return exitCodes.failedOn;
    }
    if (imported.length === 0 && Object.keys(configuration).length === 0) tell("Nothing was to be done.");
    tell(`Stack ${inert(this.options.stack)} is as the cloud is: the preview has no changes.`);
    return exitCodes.told;
  }

  private tellWeaknesses(): void {
    const { weaknesses } = this.result;
    if (weaknesses.length === 0) return;
    const lines = weaknesses.flatMap(({ what, mend }) => [`  - ${what}`, `      ${mend}`]);
    this.dialogue.tell(["Weaker than the defaults, and what mends it:", ...lines].join("\n"));
  }
}

/** Resources of the stack that are none of the set-up's, or have another name than they are to have. */
function strangersIn(record: EngineRecord | undefined, { parts }: SetUp): string[] {
  return (record?.state.resources ?? []).flatMap((resource) => {
    const { urn, id = "" } = resource;
    const kind = kindOf(resource);
    const { name } = splitUrn(urn);
    const isPart = parts.some((part) => part.kind === kind && part.id === id && part.name === name);
    if (!kind || !isOurs(urn) || isPart) return [];
    return [
      `The stack has ${kindTitles[kind]} ${inert(id)} already, as ${inert(name)}, which is no part of this set-up. Name all of its trails, or use another stack.`,
    ];
  });
}

/** What an update had begun in the cloud and not ended: what comes in would clear that from the state. An import of ours is begun anew. */
const interruptedIn = (record: EngineRecord | undefined): string[] =>
  (record?.pending ?? [])
    .filter(({ isBookkeeping }) => !isBookkeeping)
    .filter(({ operation, resource: { urn } }) => operation !== "importing" || !isOurs(urn))
    .map(
      ({ operation, resource: { urn } }) =>
        `"${inert(operation)}" of ${inert(splitUrn(urn).name)} was interrupted. Bring the stack back first, with audit-trails recover, or with pulumi refresh.`,
    );

const isComponent = (urn: string): boolean =>
  /^(yandex-audit-trails|pulumi):/.test(splitUrn(urn).types.at(-1) ?? "");

function sentenceOf({ op, urn, after, changed }: Step, missing: readonly MissingRole[]): string {
  const { name, types } = splitUrn(urn);
  const what = `${types.at(-1)?.split(":").at(-1)} ${inert(name)}`;
  if (op === "update") return `${what} is changed: ${changed.map((input) => inert(input)).join(", ")}.`;
  if (op !== "create") return `${what}: ${op}.`;
  const ids = Object.values(after?.inputs ?? {});
  const need = missing.find(({ role, on }) => after?.inputs.role === role && ids.includes(on.id));
  return need ? sentenceOfRole(need) : `${what} is made.`;
}

function sentenceOfRole({ role, on, accountId, instead }: MissingRole): string {
  const placeOf = ({ type, id }: MissingRole["on"]) => `${placeNames[type]} ${inert(id)}`;
  const others = instead.map((grant) => `${inert(grant.role)} on ${placeOf(grant.on)}`);
  const now =
    others.length > 0
      ? `it has ${others.join(", ")} instead`
      : "if a group gives it, that is not seen from here";
  return `Service account ${inert(accountId)} is granted role ${role} on ${placeOf(on)}, which it has not there: ${now}.`;
}

/** An id of a role binding, whatever stands between its parts. */
const plainId = (id: string): string => id.split(/[\s,/]+/).join(" ");

const isSame = (one: unknown, other: unknown): boolean => canonical(plain(one)) === canonical(plain(other));

/** A value as JSON; numbers and truth values as the text that the CLI makes of them. */
const plain = (value: unknown): string =>
  JSON.stringify(value ?? "", (_name, inner) =>
    typeof inner === "number" || typeof inner === "boolean" ? String(inner) : inner,
  );

const shown = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** A value of the stack's configuration. */
function saidBy(entry: Properties | undefined): unknown {
  // Nothing is secret in a set-up: what is, is told to be in the way.
  if (entry?.secret === true) return "[secret]";
  return entry?.objectValue ?? entry?.value;
}

function cannotTell(error: unknown): never {
  throw new Halt(`Reading the cloud failed: ${inert(failureText(error))}. Nothing was changed.`);
}
