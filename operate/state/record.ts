import { z } from "zod";
import { type Resource, readState, type State, UnreadableError } from "../engine/json";

/** A resource or an operation as the engine writes it, with all that we do not look at. */
const jsonResource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
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

/** What the engine had begun with a resource when it was stopped. */
interface Pending {
  readonly operation: string;
  readonly resource: Resource;
}

/** The engine's record of a stack: its state, and what it had begun and not ended. */
export class EngineRecord {
  private constructor(private readonly json: Exported) {}

  /** @throws {UnreadableError} if the text is not the output of `pulumi stack export`. */
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
    return operations.flatMap(({ type: operation }, i) => {
      const resource = read[i];
      return resource ? [{ operation, resource }] : [];
    });
  }

  /** Ids of everything in the state, also of what waits for its deletion. */
  get ids(): ReadonlySet<string> {
    return new Set(this.json.deployment.resources?.flatMap(({ id }) => id ?? []));
  }

  /** When the first resource of the stack was made. */
  get oldest(): Date | undefined {
    const times = this.json.deployment.resources?.flatMap(({ created }) => created ?? []) ?? [];
    const [first] = times.map((time) => new Date(time)).sort((one, other) => one.getTime() - other.getTime());
    return first;
  }

  /**
   * The record without what was pending. A resource that was imported keeps what the engine had noted of it: what it depends on,
   * whether it is protected and stays in the cloud, its hooks. The import knows nothing of these.
   *
   * @param before The record as it was before the import.
   * @param successors Ids of what is to take the place of resources, by their URNs. A refresh has to read it; the old ones wait for their
   * deletion, as they do once the engine has made what takes their place.
   */
  settled(before: EngineRecord, successors: ReadonlyMap<string, string> = new Map()): string {
    const { resources, pending_operations: _cleared, ...rest } = this.json.deployment;
    const isKnown = new Set(before.json.deployment.resources?.map(({ urn, id }) => `${urn} ${id}`));
    const begun = new Map(before.json.deployment.pending_operations?.map((one) => [one.resource.urn, one]));
    const settled = resources?.map((resource) => {
      const noted = isKnown.has(`${resource.urn} ${resource.id}`)
        ? undefined
        : begun.get(resource.urn)?.resource;
      if (!noted) return resource;
      const { id: _none, inputs: _asked, outputs: _unread, ...options } = noted;
      const { protect: _protected, ...imported } = resource;
      return { ...imported, ...options };
    });
    const isReplaced = ({ urn, delete: isDoomed }: z.infer<typeof jsonResource>) =>
      successors.has(urn) && !isDoomed;
    const replaced = settled?.filter(isReplaced).map((resource) => ({ ...resource, delete: true }));
    const current = settled?.map((resource) => {
      if (!isReplaced(resource)) return resource;
      const { outputs: _unread, ...rest } = { ...resource, ...begun.get(resource.urn)?.resource };
      return { ...rest, id: successors.get(resource.urn) };
    });
    const all = [...(current ?? []), ...(replaced ?? [])];
    return JSON.stringify({ ...this.json, deployment: { ...rest, resources: all } });
  }
}
