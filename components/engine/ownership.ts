import * as pulumi from "@pulumi/pulumi";

/** Labels that a resource may have: https://yandex.cloud/en/docs/resource-manager/concepts/labels. */
const mostLabels = 64;

/** As a value of a label: at most 63 characters of a-z, 0-9, - and _. */
const asLabel = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^-_0-9a-z]/g, "-")
    .slice(0, 63);

const ownLabels = () => ({
  "pulumi-project": asLabel(pulumi.getProject()),
  "pulumi-stack": asLabel(pulumi.getStack()),
});

/**
 * The labels of a resource: the given ones, and below them whose it is. So they are never empty, and what leaves the
 * configuration leaves the resource: newer releases of the provider keep the old labels where none are given.
 */
export function ownedLabels(
  given: pulumi.Input<Record<string, pulumi.Input<string>>> = {},
): pulumi.Output<Record<string, string>> {
  const owner = ownLabels();
  return pulumi.output(given).apply((labels): Record<string, string> => {
    const all = { ...owner, ...labels };
    return Object.keys(all).length > mostLabels ? labels : all;
  });
}

/** The description of a resource that cannot have labels in every release of the provider: what for, and whose it is. */
export const ownedDescription = (purpose: string): string =>
  `${purpose} Pulumi project ${pulumi.getProject()}, stack ${pulumi.getStack()}.`.slice(0, 256);

/** Whose a resource is by its labels or its description, where that is another stack. */
export function otherOwner(labels: Readonly<Record<string, string>>, description = ""): string | undefined {
  const [, ...described] = /Pulumi project (\S+), stack (\S+)\.$/.exec(description) ?? [];
  const [project, stack] =
    described.length > 0 ? described.map(asLabel) : [labels["pulumi-project"], labels["pulumi-stack"]];
  const own = ownLabels();
  if (!project || !stack || (project === own["pulumi-project"] && stack === own["pulumi-stack"]))
    return undefined;
  return `stack ${stack} of project ${project}`;
}
