import type { Resource } from "../stack/engineJson";
import { kindOf } from "../stack/kinds";
import type { Reference } from "../stack/references";
import { StackView } from "../stack/stackView";
import { isOurs, splitUrn } from "../stack/urn";
import { textOf } from "../stack/values";
import type { Part } from "./composer";
import type { ExistingSetUp } from "./existingSetUp";
import { bindingSeparator } from "./program";

/** A planned resource, and its id in the cloud. */
interface Match {
  readonly resource: Resource;
  /** Id for an import. */
  readonly id: string;
}

/** Returns the separator in the id of a role binding. For bindings of buckets it is a comma in every release. */
const separatorOf = ({ type }: Resource, release: string): string =>
  type.endsWith("Binding") ? "," : bindingSeparator(release);

/**
 * Finds the planned resources that exist already.
 *
 * @param known Resources of the state.
 * @param granted Roles of the accounts.
 * @param release Release of the provider. The form of the ids of role bindings depends on it.
 */
export function matchesOf(
  planned: readonly Resource[],
  known: readonly Resource[],
  { parts, granted, release }: { parts: readonly Part[]; granted: ExistingSetUp["grants"]; release: string },
): Match[] {
  const view = new StackView(new Map([...known, ...planned].map((resource) => [resource.urn, resource])));
  const idOf = (resource: Resource): string | undefined => {
    const kind = kindOf(resource);
    const { name } = splitUrn(resource.urn);
    return resource.id ?? parts.find((part) => part.kind === kind && part.name === name)?.id;
  };
  const meant = (reference: Reference): string | undefined => {
    const resource = view.inStack(reference);
    return resource ? idOf(resource) : reference.id?.replace(/^serviceAccount:/, "");
  };
  const bindings = new Map(
    view.grants().map(({ resource, role, on, members }) => {
      const place = meant(on);
      const accounts = members.map(meant);
      const isThere = accounts.every((account) =>
        granted.some((one) => one.role === role && one.on.id === place && one.accountId === account),
      );
      const ofMember = resource.type.endsWith("Member") ? [`serviceAccount:${accounts[0]}`] : [];
      return [resource.urn, isThere ? [place, role, ...ofMember] : undefined] as const;
    }),
  );
  return planned
    .filter(({ urn }) => isOurs(urn))
    .flatMap((resource) => {
      const id = resource.type.endsWith(":StorageBucketPolicy")
        ? textOf(resource.inputs.bucket)
        : (bindings.get(resource.urn)?.join(separatorOf(resource, release)) ?? idOf(resource));
      return id ? [{ resource, id }] : [];
    });
}
