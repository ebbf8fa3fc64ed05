import { z } from "zod";
import { splitUrn } from "./urn";

/** A value that the engine does not show: not known before the update, or secret. */
export class Hidden {
  constructor(readonly why: "unknown" | "secret") {}
}

const unknownValue = new Hidden("unknown");
const secretValue = new Hidden("secret");

export type Value = null | boolean | number | string | Hidden | readonly Value[] | Properties;

export interface Properties {
  readonly [name: string]: Value;
}

/** A resource from a state or a preview. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  /** Absent before it is created. */
  readonly id?: string;
  /** URN of the component that it is in. */
  readonly parent?: string;
  /** URN and id of its provider, with `::` between. */
  readonly provider?: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly protect: boolean;
  /** True if it stays in the cloud when it leaves the stack. */
  readonly retainOnDelete: boolean;
  /** Names of its hooks. */
  readonly hooks: readonly string[];
  /** URNs of the resources that inputs depend on, by input. */
  readonly inputSources: Readonly<Record<string, readonly string[]>>;
}

/** A planned operation on a resource. */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly before?: Resource;
  readonly after?: Resource;
  /** Top-level properties that the provider lists as changed. */
  readonly changed: readonly string[];
}

/** Returns the steps of a preview that change something. */
export const changesIn = ({ steps }: Preview): Step[] =>
  steps.filter(({ op }) => !["same", "refresh", "read"].includes(op));

export interface Diagnostic {
  readonly urn?: string;
  readonly severity: string;
  readonly message: string;
}

export interface Preview {
  readonly steps: readonly Step[];
  /** Number of unchanged resources that it leaves out. */
  readonly leftOut: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Contradictions of steps and summary, and unknown operations. Such a preview does not show the whole change. */
  readonly contradictions: readonly string[];
}

export interface State {
  readonly resources: readonly Resource[];
  /** Texts of its secrets, if it was exported with `--show-secrets`. They must appear nowhere. */
  readonly secrets: readonly string[];
}

/** Error for JSON of another form than expected; the message says what is wrong. */
export class UnreadableError extends Error {
  override readonly name = "UnreadableError";

  /** @param detail The text that was found instead. */
  constructor(
    message: string,
    readonly detail?: string,
  ) {
    super(message);
  }
}

/**
 * Marks of values that a preview does not know, one for each kind of value: sdk/go/common/resource/plugin/rpc.go of the engine.
 */
const unknownMarks = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Mark of a secret in a state. */
const secretMark = { key: "4dabf18193072939515e22adb298388d", value: "1b47061264138c4ac30d75fd1eb44270" };
const secretText = "[secret]";

const jsonObject = z.record(z.string(), z.unknown());

const resourceSchema = z.object({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  parent: z.string().optional(),
  provider: z.string().optional(),
  inputs: jsonObject.optional(),
  outputs: jsonObject.optional(),
  protect: z.boolean().optional(),
  retainOnDelete: z.boolean().optional(),
  resourceHooks: z.record(z.string(), z.array(z.string())).nullish(),
  propertyDependencies: z.record(z.string(), z.array(z.string()).nullable()).nullish(),
  delete: z.boolean().optional(),
});

const stepSchema = z.object({
  op: z.string(),
  urn: z.string(),
  oldState: resourceSchema.optional(),
  newState: resourceSchema.optional(),
  diffReasons: z.array(z.string()).nullish(),
  replaceReasons: z.array(z.string()).nullish(),
  detailedDiff: jsonObject.nullish(),
});

const previewSchema = z.object({
  steps: z.array(stepSchema).optional(),
  diagnostics: z
    .array(z.object({ urn: z.string().optional(), severity: z.string(), message: z.string() }))
    .optional(),
  // Absent if the preview failed early.
  changeSummary: z.record(z.string(), z.number()).optional(),
});

const stateSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema).nullish() }),
});

/**
 * Reads the output of `pulumi preview --json`. Lines before the JSON, such as warnings of the CLI, are ignored.
 *
 * @throws {UnreadableError} if the text is not such an output.
 */
export function readPreview(text: string): Preview {
  const origin = "`pulumi preview --json`";
  const { steps = [], diagnostics = [], changeSummary } = parse(text, previewSchema, origin);
  if (!changeSummary && !diagnostics.some(({ severity }) => severity === "error"))
    throw new UnreadableError(
      `This JSON is not the whole output of ${origin}: its changeSummary is missing.`,
    );
  return {
    steps: steps.map((step) => ({
      op: step.op,
      urn: step.urn,
      before: step.oldState && resourceOf(step.oldState),
      after: step.newState && resourceOf(step.newState),
      changed: changedIn(step),
    })),
    leftOut: (changeSummary?.same ?? 0) - steps.filter(({ op }) => op === "same").length,
    diagnostics,
    contradictions: contradictionsIn(
      steps,
      changeSummary,
      diagnostics.some(({ severity }) => severity === "error"),
    ),
  };
}

/** Returns the changed properties. Paths of a detailed diff, such as `lifecycleRules[0].expiration`, begin with the property. */
const changedIn = ({ diffReasons, replaceReasons, detailedDiff }: z.infer<typeof stepSchema>): string[] => [
  ...new Set(
    [...(diffReasons ?? []), ...(replaceReasons ?? []), ...Object.keys(detailedDiff ?? {})].map(
      (path) => path.split(/[.[]/)[0] ?? path,
    ),
  ),
];

/**
 * Operations of the engine, and their count in its summary: pkg/resource/deploy/step.go. The summary counts only reads that the
 * program requested. The preview shows only some of the unchanged resources.
 */
const operations: Readonly<Record<string, "counted" | "some" | "uncounted">> = {
  create: "counted",
  update: "counted",
  delete: "counted",
  replace: "counted",
  import: "counted",
  discard: "counted",
  same: "some",
  read: "some",
  refresh: "uncounted",
  "create-replacement": "uncounted",
  "delete-replaced": "uncounted",
  "read-replacement": "uncounted",
  "import-replacement": "uncounted",
  "discard-replaced": "uncounted",
  "remove-pending-replace": "uncounted",
};

/** Compares steps and summary. @param failed True if the preview failed: then the summary may lack steps. */
function contradictionsIn(
  steps: readonly z.infer<typeof stepSchema>[],
  summary: Readonly<Record<string, number>> | undefined,
  failed: boolean,
): string[] {
  const ops = [...new Set([...steps.map(({ op }) => op), ...Object.keys(summary ?? {})])].sort();
  return ops.flatMap((op) => {
    const kind = Object.hasOwn(operations, op) ? operations[op] : undefined;
    if (!kind) return [`The operation ${op} is unknown.`];
    if (!summary || kind === "uncounted") return [];
    const counted = summary[op] ?? 0;
    const shown = steps.filter((step) => step.op === op && !isDefaultProvider(step.urn)).length;
    const agrees = kind === "some" ? op === "read" || shown <= counted : shown === counted;
    return agrees || (failed && shown > counted)
      ? []
      : [`The summary counts ${counted} of ${op}, the steps are ${shown}.`];
  });
}

/** Checks for a provider that the engine creates by itself. It shows them, but does not count them. */
const isDefaultProvider = (urn: string) =>
  /^pulumi:providers:/.test(splitUrn(urn).types.at(-1) ?? "") && splitUrn(urn).name.startsWith("default");

/**
 * Reads the output of `pulumi stack export`.
 *
 * @throws {UnreadableError} if the text is not such an output.
 */
export function readState(text: string): State {
  const { deployment } = parse(text, stateSchema, "`pulumi stack export`");
  // A replaced resource that waits for its deletion is not a current one.
  const resources = (deployment.resources ?? []).filter((resource) => !resource.delete).map(resourceOf);
  return { resources, secrets: plaintextsIn(deployment) };
}

function parse<T>(text: string, schema: z.ZodType<T>, origin: string): T {
  const start = text.search(/^\{/m);
  if (start < 0)
    throw new UnreadableError(
      `The text has no JSON. It should be the output of ${origin}.`,
      text.trim() || undefined,
    );
  const json = parseJson(text.slice(start), origin);
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue?.path.join(".");
  throw new UnreadableError(
    `This JSON is not the output of ${origin}${place ? `: ${place} is missing or of another kind` : ""}.`,
  );
}

function parseJson(text: string, origin: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableError(`The JSON of ${origin} is broken or cut off.`);
  }
}

function resourceOf(json: z.infer<typeof resourceSchema>): Resource {
  return {
    urn: json.urn,
    type: json.type,
    id: json.id || undefined,
    parent: json.parent,
    provider: json.provider,
    inputs: propertiesOf(json.inputs),
    outputs: propertiesOf(json.outputs),
    protect: json.protect ?? false,
    retainOnDelete: json.retainOnDelete ?? false,
    hooks: Object.values(json.resourceHooks ?? {}).flat(),
    inputSources: Object.fromEntries(
      Object.entries(json.propertyDependencies ?? {}).map(([name, urns]) => [name, urns ?? []]),
    ),
  };
}

function propertiesOf(json: Record<string, unknown> = {}): Properties {
  return Object.fromEntries(Object.entries(json).map(([name, value]) => [name, shownValue(value)]));
}

/**
 * Hides secrets of the state in a preview. With `--show-secrets` the engine prints them, and does not mark them as secrets.
 *
 * @returns the preview, and the hidden texts. Warnings and errors may contain them too.
 */
export function veiled(preview: Preview, state: State | undefined): { preview: Preview; secrets: string[] } {
  const known = new Map(state?.resources.map((resource) => [resource.urn, resource]));
  const secrets: string[] = [];
  const hide = (value: Value, by: Value | undefined): Value => {
    if (by instanceof Hidden) {
      if (by.why === "secret") secrets.push(...textsIn(value));
      return by;
    }
    if (value instanceof Hidden || typeof value !== "object" || value === null) return value;
    const within = (name: string | number) => (by as Record<string, Value> | null | undefined)?.[name];
    // Items of a list may have moved.
    const secretItem = Array.isArray(by) ? by.find((item) => item instanceof Hidden) : undefined;
    if (Array.isArray(value)) return value.map((item, i) => hide(item, secretItem ?? within(i)));
    const entries = Object.entries(value as Properties);
    return Object.fromEntries(entries.map(([name, item]) => [name, hide(item, within(name))]));
  };
  const veil = (resource: Resource | undefined, urn = resource?.urn) => {
    const by = urn === undefined ? undefined : known.get(urn);
    if (!resource || !by) return resource;
    // A value that is secret on one side is secret on the other.
    const hidden = (properties: Properties) => hide(hide(properties, by.inputs), by.outputs) as Properties;
    return { ...resource, inputs: hidden(resource.inputs), outputs: hidden(resource.outputs) };
  };
  const steps = preview.steps.map((step) => ({
    ...step,
    before: veil(step.before),
    after: veil(step.after, step.before?.urn),
  }));
  return { preview: { ...preview, steps }, secrets };
}

function shownValue(json: unknown): Value {
  if (typeof json === "string") {
    if (json === secretText) return secretValue;
    return unknownMarks.has(json) ? unknownValue : json;
  }
  if (Array.isArray(json)) return json.map(shownValue);
  if (typeof json === "object" && json !== null) {
    const object = json as Record<string, unknown>;
    return object[secretMark.key] === secretMark.value ? secretValue : propertiesOf(object);
  }
  return json as null | boolean | number;
}

/** Returns the texts of secrets in a state that was exported with `--show-secrets`. */
function plaintextsIn(json: unknown): string[] {
  if (typeof json !== "object" || json === null) return [];
  const { [secretMark.key]: mark, plaintext, ...others } = json as Record<string, unknown>;
  if (mark !== secretMark.value) return Object.values(others).concat(plaintext).flatMap(plaintextsIn);
  return typeof plaintext === "string" ? textsIn(parseJson(plaintext, "`pulumi stack export`")) : [];
}

function textsIn(json: unknown): string[] {
  if (json instanceof Hidden) return [];
  if (typeof json === "object" && json !== null) return Object.values(json).flatMap(textsIn);
  return typeof json === "string" || typeof json === "number" ? [String(json)] : [];
}
