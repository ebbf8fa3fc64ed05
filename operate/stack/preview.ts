import { z } from "zod";
import {
  Hidden,
  jsonObject,
  type Properties,
  parse,
  type Resource,
  resourceOf,
  resourceSchema,
  type State,
  textsIn,
  UnreadableError,
  type Value,
} from "./engineJson";
import { splitUrn } from "./urn";

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
  /** Number of unchanged resources that the preview leaves out. */
  readonly leftOut: number;
  readonly diagnostics: readonly Diagnostic[];
  /** Contradictions of steps and summary, and unknown operations. Such a preview does not show the whole change. */
  readonly contradictions: readonly string[];
}

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
