import type { Answer } from "../../components/roles";
import { anyOf } from "./answers";
import { collectedBy } from "./collected";
import type { Resource } from "./engineJson";
import { isOpen, type Reference, referable } from "./references";
import type { StackView } from "./stackView";

/** Checks whether a cloud contains one of the given folders. For folders that are not in the stack, the answer is `unknown`. */
export function holds(cloud: Reference, folders: readonly Reference[], view: StackView): Answer {
  const answers = folders.map((folder): Answer => {
    const made = view
      .ofKind("folder")
      .find(({ urn, id }) => view.isSame({ urn: view.identity(urn), id }, folder));
    const of = made && view.reference(made, "cloudId", made.inputs.cloudId, "cloud");
    if (!of || isOpen(of) || isOpen(cloud)) return "unknown";
    return view.isSame(of, cloud) ? "yes" : "no";
  });
  return anyOf(answers);
}

/** Checks whether a trail collects events of an organization. Then the trail's account and the logs are in the organization too. */
export function collectsOf(organization: Reference, view: StackView): boolean {
  const scopes = view.all("trail").flatMap((trail) => collectedBy(trail).map(({ scope }) => scope));
  return organization.id !== undefined && scopes.includes(`organization ${organization.id}`);
}

/** Checks whether a resource is a folder or a cloud that holds the bucket, its key, the trail or its account. */
export function isHome({ type, urn, id }: Resource, view: StackView): boolean {
  const reference = { urn: view.identity(urn), id };
  if (type === referable.folder) return view.folders().some((folder) => view.isSame(folder, reference));
  return type === referable.cloud && holds(reference, view.folders(), view) === "yes";
}
