/** Parts of a URN: `urn:pulumi:<stack>::<project>::<types>::<name>`. */
export interface UrnParts {
  readonly stack: string;
  readonly project: string;
  /** Types of the resource and of the components around it, outermost first. */
  readonly types: readonly string[];
  readonly name: string;
}

export function splitUrn(urn: string): UrnParts {
  const [head = "", project = "", types = "", ...name] = urn.split("::");
  return {
    stack: head.replace(/^urn:pulumi:/, ""),
    project,
    types: types.split("$"),
    name: name.join("::"),
  };
}

const library = "yandex-audit-trails:index:";

/** Checks whether a resource is a component of this library, or inside one. */
export const isOurs = (urn: string): boolean => splitUrn(urn).types.some((type) => type.startsWith(library));

/** Checks whether a resource is in a component LogReader. The account in this component reads logs, and belongs to no trail. */
export const isOfReader = (urn: string): boolean => splitUrn(urn).types.includes(`${library}LogReader`);
