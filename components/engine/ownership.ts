import * as pulumi from "@pulumi/pulumi";
import { descriptionOf, isOwnedBy, labelsOf, ownerOf } from "../owner";

/** Labels that a resource may have: https://yandex.cloud/en/docs/resource-manager/concepts/labels. */
const mostLabels = 64;

/**
 * Returns the labels of a resource: its owner's labels, overridden by the given ones. So they are never empty. This
 * matters because newer releases of the provider keep old labels if none are given.
 */
export function ownedLabels(
  given: pulumi.Input<Record<string, pulumi.Input<string>>> = {},
): pulumi.Output<Record<string, string>> {
  const owner = labelsOf(pulumi.getProject(), pulumi.getStack());
  return pulumi.output(given).apply((labels): Record<string, string> => {
    const all = { ...owner, ...labels };
    return Object.keys(all).length > mostLabels ? labels : all;
  });
}

/**
 * Returns the description of a resource that cannot have labels in every release of the provider: its purpose and its
 * owner.
 */
export const ownedDescription = (purpose: string): string =>
  `${purpose} ${descriptionOf(pulumi.getProject(), pulumi.getStack())}`.slice(0, 256);

/** Reads the owner of a resource from its labels or its description: this stack, or another stack by name. */
export function ownerIn(labels: Readonly<Record<string, string>>, description = "") {
  const owner = ownerOf(labels, description);
  const isOwn = isOwnedBy(owner, pulumi.getProject(), pulumi.getStack());
  return { isOwn, owner: owner && !isOwn ? `stack ${owner.stack} of project ${owner.project}` : undefined };
}
