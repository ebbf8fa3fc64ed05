import type { BucketSettings } from "../../api/bucketSettings";
import { isOwnedBy, type Owner, ownerOf } from "../../components/owner";
import { inert } from "../inert";
import type { ExistingSetUp } from "./existingSetUp";

/** A part of a set-up, and the stack that its marks name. */
interface Marked extends Owner {
  readonly what: string;
}

const nameOf = ({ project, stack }: Owner): string => `${project}/${stack}`;

/** Returns the parts of a set-up that have the marks of a stack. */
function markedIn({ trails, buckets, keys, accounts }: ExistingSetUp): Marked[] {
  const tagsOf = (tags: BucketSettings["tags"] = []) =>
    Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  const owners: readonly (readonly [what: string, owner: Owner | undefined])[] = [
    ...[...trails].map(([id, trail]) => [`trail ${id}`, ownerOf(trail?.labels ?? {})] as const),
    ...[...buckets].map(([name, it]) => [`bucket ${name}`, ownerOf(tagsOf(it?.settings.tags))] as const),
    ...[...keys].map(([id, key]) => [`key ${id}`, ownerOf(key?.labels ?? {})] as const),
    ...[...accounts].map(([id, it]) => [`service account ${id}`, ownerOf({}, it?.description)] as const),
  ];
  return owners.flatMap(([what, owner]) => (owner ? [{ what, ...owner }] : []));
}

/**
 * Returns a refusal for each part that another stack manages.
 *
 * @param from The former stack, which no longer manages them, as `<project>/<stack>`.
 */
export function refusalsOfOwners(
  found: ExistingSetUp,
  project: string,
  stack: string,
  from?: string,
): string[] {
  return markedIn(found)
    .filter((owner) => !isOwnedBy(owner, project, stack) && nameOf(owner) !== from)
    .map(
      ({ what, ...owner }) =>
        `${inert(what)} belongs to stack ${inert(owner.stack)} of project ${inert(owner.project)}. Two stacks would undo each ` +
        "other's changes. Continue in that stack. If it no longer manages this, add: " +
        `--from ${inert(nameOf(owner))}`,
    );
}
