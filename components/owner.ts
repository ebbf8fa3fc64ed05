/** Stack that owns a resource, by its labels, tags or description. Names are in the form of label values. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
}

/** Converts a text to the value of a label: at most 63 characters of a-z, 0-9, - and _. */
const asLabel = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^-_0-9a-z]/g, "-")
    .slice(0, 63);

/** Returns the labels that name the owner of a resource. */
export const labelsOf = (project: string, stack: string): Readonly<Record<string, string>> => ({
  "pulumi-project": asLabel(project),
  "pulumi-stack": asLabel(stack),
});

/** Returns the end of a description that names the owner of a resource. */
export const descriptionOf = (project: string, stack: string): string =>
  `Pulumi project ${project}, stack ${stack}.`;

/** Reads the owner of a resource; undefined if neither labels nor description name one. */
export function ownerOf(labels: Readonly<Record<string, string>>, description = ""): Owner | undefined {
  const [, ...described] = /Pulumi project (\S+), stack (\S+)\.$/.exec(description) ?? [];
  const [project, stack] =
    described.length > 0 ? described.map(asLabel) : [labels["pulumi-project"], labels["pulumi-stack"]];
  return project && stack ? { project, stack } : undefined;
}

/** Checks whether a resource names a stack as its owner. */
export const isOwnedBy = (owner: Owner | undefined, project: string, stack: string): boolean =>
  owner?.project === asLabel(project) && owner.stack === asLabel(stack);
