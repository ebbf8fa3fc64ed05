import { z } from "zod";
import { type Resource, readState, type State, UnreadableError } from "../stack/engineJson";
import { isOurs } from "../stack/urn";

/** A resource as the engine writes it. Fields that are not named here are kept. */
const jsonResource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  custom: z.boolean().optional(),
  propertyDependencies: z.unknown().optional(),
  delete: z.boolean().optional(),
  created: z.string().optional(),
});

const exported = z.looseObject({
  deployment: z.looseObject({
    resources: z.array(jsonResource).nullish(),
    pending_operations: z.array(z.looseObject({ type: z.string(), resource: jsonResource })).nullish(),
  }),
});

type Exported = z.infer<typeof exported>;
type JsonResource = z.infer<typeof jsonResource>;

const previewed = z.object({ steps: z.array(z.object({ newState: jsonResource.optional() })).optional() });

/** Options that an update records for a resource. An import records none of them. */
const optionNames = [
  ...["protect", "retainOnDelete", "deletedWith", "dependencies", "propertyDependencies"],
  ...["resourceHooks", "ignoreChanges", "replaceOnChanges", "additionalSecretOutputs"],
];

/** An operation that the engine had begun when it was stopped. */
export interface Pending {
  readonly operation: string;
  readonly resource: Resource;
  /** True if the resource exists only in the state: a component, a provider, the stack itself. */
  readonly isBookkeeping: boolean;
}

/** The engine's record of a stack: its state and its pending operations. */
export class EngineRecord {
  private constructor(private readonly json: Exported) {}

  /** Reads the output of `pulumi stack export`. @throws {UnreadableError} if the text is not such an output. */
  static read(text: string): EngineRecord {
    try {
      return new EngineRecord(exported.parse(JSON.parse(text)));
    } catch {
      throw new UnreadableError("The output of `pulumi stack export` is broken or cut off.");
    }
  }

  get state(): State {
    return readState(JSON.stringify(this.json));
  }

  get pending(): Pending[] {
    const operations = this.json.deployment.pending_operations ?? [];
    const resources = operations.map(({ resource }) => ({ ...resource, delete: false }));
    const { resources: read } = readState(JSON.stringify({ deployment: { resources } }));
    return operations.flatMap(({ type: operation, resource: { custom, type } }, i) => {
      const resource = read[i];
      const isBookkeeping = custom === false || type.startsWith("pulumi:");
      return resource ? [{ operation, resource, isBookkeeping }] : [];
    });
  }

  /** Ids of all resources in the state, including those that wait for their deletion. */
  get ids(): ReadonlySet<string> {
    return new Set(this.json.deployment.resources?.flatMap(({ id }) => id ?? []));
  }

  /** Creation time of the stack's first resource. */
  get oldest(): Date | undefined {
    const times = this.json.deployment.resources?.flatMap(({ created }) => created ?? []) ?? [];
    const [first] = times.map((time) => new Date(time)).sort((one, other) => one.getTime() - other.getTime());
    return first;
  }

  /**
   * Adds the options of the preview to imported resources, as an update would record them. It changes only resources that no
   * update has recorded since their import.
   *
   * @param preview Output of `pulumi preview --json --show-sames`.
   * @returns undefined if nothing is missing.
   */
  completed(preview: string): EngineRecord | undefined {
    const { resources } = this.json.deployment;
    const { steps = [] } = previewed.parse(JSON.parse(preview.slice(preview.search(/^\{/m))));
    const planned = new Map(steps.flatMap(({ newState }) => (newState ? [[newState.urn, newState]] : [])));
    const inState = new Set(resources?.map(({ urn }) => urn));
    const completed = resources?.map((resource) => {
      // An update records the sources of each input, an import does not.
      const isImported =
        resource.custom !== false && resource.propertyDependencies === undefined && isOurs(resource.urn);
      const wanted = isImported ? planned.get(resource.urn) : undefined;
      return wanted ? withOptions(resource, wanted, inState) : resource;
    });
    if (!completed || JSON.stringify(completed) === JSON.stringify(resources)) return undefined;
    return this.with({ ...this.json.deployment, resources: inOrder(completed) });
  }

  /**
   * Returns the record without pending operations.
   *
   * @param successors Ids of resources that replace others, by URN. A refresh must read these resources. The record marks the
   * old resources for deletion, as after a replacement by the engine.
   */
  settled(successors: ReadonlyMap<string, string>): EngineRecord {
    const { resources, pending_operations, ...rest } = this.json.deployment;
    const asked = new Map(pending_operations?.map(({ resource }) => [resource.urn, resource]));
    const isReplaced = ({ urn, delete: isDoomed }: JsonResource) => successors.has(urn) && !isDoomed;
    const current = resources?.map((resource) => {
      if (!isReplaced(resource)) return resource;
      const { outputs: _unread, ...successor } = { ...resource, ...asked.get(resource.urn) };
      return { ...successor, id: successors.get(resource.urn) };
    });
    const replaced = resources?.filter(isReplaced).map((resource) => ({ ...resource, delete: true }));
    return this.with({
      ...rest,
      resources: inOrder([...(current ?? []), ...(replaced ?? [])]),
    });
  }

  /** Text for `pulumi stack import`. */
  get text(): string {
    return JSON.stringify(this.json);
  }

  private with(deployment: Exported["deployment"]): EngineRecord {
    return new EngineRecord({ ...this.json, deployment });
  }
}

/** Copies the options of another resource, without references to resources that are not in the state. Equal options stay. */
function withOptions(
  resource: JsonResource,
  wanted: JsonResource,
  inState: ReadonlySet<string>,
): JsonResource {
  const known = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.filter((item) => !String(item).startsWith("urn:") || inState.has(String(item)));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, known(item)]));
  };
  const differing = optionNames
    .map((name) => [name, known(wanted[name])] as const)
    .filter(([name, value]) => unordered(value) !== unordered(resource[name]));
  return differing.length > 0 ? { ...resource, ...Object.fromEntries(differing) } : resource;
}

/** Returns a value as text with sorted lists. The order of dependencies differs from run to run. */
const unordered = (value: unknown): string =>
  JSON.stringify(value, (_name, inner) => (Array.isArray(inner) ? [...inner].sort() : inner)) ?? "";

/** Sorts resources so that dependencies come first, as the engine requires. An import leaves them in any order. */
function inOrder(resources: readonly JsonResource[]): JsonResource[] {
  const placed = new Set<JsonResource>();
  const place = (resource: JsonResource): void => {
    if (placed.has(resource)) return;
    const { parent, provider, deletedWith, dependencies, propertyDependencies } = resource;
    const named = new Set(urnsIn([parent, provider, deletedWith, dependencies, propertyDependencies]));
    for (const other of resources) if (other !== resource && named.has(other.urn)) place(other);
    placed.add(resource);
  };
  resources.forEach(place);
  return [...placed];
}

/** Returns the URNs in options of a resource. A provider is named by URN and id. */
const urnsIn = (value: unknown): string[] => {
  if (typeof value === "string") return [value, value.split("::").slice(0, 4).join("::")];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(urnsIn) : [];
};
