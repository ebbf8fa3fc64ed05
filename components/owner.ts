/** The stack that a resource belongs to, by its labels, tags or description. Names are as labels have them. */
export interface Owner {
  readonly project: string;
  readonly stack: string;
}

/** A text as the value of a label: at most 63 characters of a-z, 0-9, - and _. */
const asLabel = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^-_0-9a-z]/g, "-")
    .slice(0, 63);

/** The labels that say whose a resource is. */
export const labelsOf = (project: string, stack: string): Readonly<Record<string, string>> => ({
  "pulumi-project": asLabel(project),
  "pulumi-stack": asLabel(stack),
});

/** The end of a description that says whose a resource is. */
export const descriptionOf = (project: string, stack: string): string =>
  `Pulumi project ${project}, stack ${stack}.`;

/** Reads whose a resource is; nothing where it does not say so. */
export function ownerOf(labels: Readonly<Record<string, string>>, description = ""): Owner | undefined {
  const [, ...described] = /Pulumi project (\S+), stack (\S+)\.$/.exec(description) ?? [];
  const [project, stack] =
    described.length > 0 ? described.map(asLabel) : [labels["pulumi-project"], labels["pulumi-stack"]];
  return project && stack ? { project, stack } : undefined;
}

/** Whether a resource says that it belongs to a stack. */
export const isOwnedBy = (owner: Owner | undefined, project: string, stack: string): boolean =>
  owner?.project === asLabel(project) && owner.stack === asLabel(stack);
