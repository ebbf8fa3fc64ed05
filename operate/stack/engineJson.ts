import { z } from "zod";

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
  /** Id; absent before the resource is created. */
  readonly id?: string;
  /** URN of the component that contains the resource. */
  readonly parent?: string;
  /** URN and id of the resource's provider, with `::` between. */
  readonly provider?: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly protect: boolean;
  /** True if the resource stays in the cloud when it leaves the stack. */
  readonly retainOnDelete: boolean;
  /** Names of the resource's hooks. */
  readonly hooks: readonly string[];
  /** URNs of the resources that inputs depend on, by input. */
  readonly inputSources: Readonly<Record<string, readonly string[]>>;
}

export interface State {
  readonly resources: readonly Resource[];
  /** Texts of the state's secrets, if it was exported with `--show-secrets`. No output may contain them. */
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

export const jsonObject = z.record(z.string(), z.unknown());

export const resourceSchema = z.object({
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

const stateSchema = z.object({
  deployment: z.object({ resources: z.array(resourceSchema).nullish() }),
});

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

/**
 * Parses the JSON of an output of the CLI. Lines before it, such as warnings, are ignored.
 *
 * @throws {UnreadableError} if the text is not such an output.
 */
export function parse<T>(text: string, schema: z.ZodType<T>, origin: string): T {
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

export function resourceOf(json: z.infer<typeof resourceSchema>): Resource {
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

/** Returns the texts and numbers in a value. Hidden ones are left out. */
export function textsIn(json: unknown): string[] {
  if (json instanceof Hidden) return [];
  if (typeof json === "object" && json !== null) return Object.values(json).flatMap(textsIn);
  return typeof json === "string" || typeof json === "number" ? [String(json)] : [];
}
