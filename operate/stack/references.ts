import type { Resource, Value } from "./engineJson";
import { resourceTypes } from "./kinds";

/** The resources of a stack at one time, by URN. */
export type Resources = ReadonlyMap<string, Resource>;

/** A reference to a resource: of the stack, outside of it, or not known before the update. */
export interface Reference {
  /** URN of a resource of the stack. */
  readonly urn?: string;
  readonly id?: string;
}

/** Types that a reference may point to, by kind. */
export const referable = {
  ...resourceTypes,
  folder: "yandex:index/resourcemanagerFolder:ResourcemanagerFolder",
  cloud: "yandex:index/resourcemanagerCloud:ResourcemanagerCloud",
  organization: "yandex:index/organizationmanagerOrganization:OrganizationmanagerOrganization",
} as const;

export type Referable = keyof typeof referable;

/** Resources of a stack at one time, and the references between them. */
export class StackReferences {
  private readonly found = new Map<string, unknown>();

  /** @param renamed Old URNs of resources, by their URNs in this view. */
  constructor(
    protected readonly resources: Resources,
    private readonly renamed: ReadonlyMap<string, string> = new Map(),
  ) {}

  /** Returns a cached result. The resources of a view never change. */
  protected once<T>(what: string, find: () => T): T {
    if (!this.found.has(what)) this.found.set(what, find());
    return this.found.get(what) as T;
  }

  /** Returns the stack's resources of a kind, in the order of the state. */
  ofKind(kind: Referable): Resource[] {
    return [...this.resources.values()].filter(({ type }) => type === referable[kind]);
  }

  /** Returns the URN that a resource had before a rename. */
  identity(urn: string): string {
    return this.renamed.get(urn) ?? urn;
  }

  isSame(one: Reference, other: Reference): boolean {
    if (one.urn && other.urn) return one.urn === other.urn;
    return one.id !== undefined && one.id === other.id;
  }

  /** Returns the reference in an input of a resource. */
  reference(owner: Resource, input: string, value: Value | undefined, kind: Referable): Reference {
    const ofKind = (urn: string) => this.resources.get(urn)?.type === referable[kind];
    if (typeof value === "string") {
      const named = this.named(kind).get(value);
      return { urn: named && this.identity(named.urn), id: value };
    }
    const sources = (owner.inputSources[input] ?? []).filter(ofKind);
    return sources.length === 1 && sources[0] ? { urn: this.identity(sources[0]) } : {};
  }

  /** Returns the resources of a kind by id, and buckets also by name. */
  private named(kind: Referable): ReadonlyMap<string, Resource> {
    const idsOf = ({ id, inputs }: Resource) => [id, ...(kind === "bucket" ? [inputs.bucket] : [])];
    return this.once(
      `named ${kind}`,
      () =>
        new Map(
          this.ofKind(kind)
            .reverse()
            .flatMap((resource) =>
              idsOf(resource).flatMap((id) => (typeof id === "string" ? [[id, resource] as const] : [])),
            ),
        ),
    );
  }

  inStack({ urn }: Reference): Resource | undefined {
    if (urn === undefined) return undefined;
    const byIdentity = this.once(
      "identities",
      () => new Map([...this.resources.values()].map((one) => [this.identity(one.urn), one] as const)),
    );
    return byIdentity.get(urn);
  }

  /** Returns the components around a resource, nearest first. */
  componentsOf({ parent }: Resource): Resource[] {
    const component = parent === undefined ? undefined : this.resources.get(parent);
    return component ? [component, ...this.componentsOf(component)] : [];
  }
}

/** Checks whether a resource belongs to the stack. */
export const isOfStack = ({ urn }: Resource): boolean => urn.startsWith("urn:");

/** Checks whether the target of a reference is unknown. */
export const isOpen = ({ urn, id }: Reference): boolean => urn === undefined && id === undefined;
