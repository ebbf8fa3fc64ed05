import * as pulumi from "@pulumi/pulumi";
import { descriptionOf, isOwnedBy, labelsOf, ownerOf } from "../owner";

/** Labels that a resource may have: https://yandex.cloud/en/docs/resource-manager/concepts/labels. */
const mostLabels = 64;

/**
 * The labels of a resource: the given ones, and below them whose it is. So they are never empty, and what leaves the
 * configuration leaves the resource: newer releases of the provider keep the old labels where none are given.
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

/** The description of a resource that cannot have labels in every release of the provider: what for, and whose it is. */
export const ownedDescription = (purpose: string): string =>
  `${purpose} ${descriptionOf(pulumi.getProject(), pulumi.getStack())}`.slice(0, 256);

/** Whose a resource is by its labels or its description: this stack's, or that of another one, which is named. */
export function ownerIn(labels: Readonly<Record<string, string>>, description = "") {
  const owner = ownerOf(labels, description);
  const isOwn = isOwnedBy(owner, pulumi.getProject(), pulumi.getStack());
  return { isOwn, owner: owner && !isOwn ? `stack ${owner.stack} of project ${owner.project}` : undefined };
}
