import type { BucketSettings } from "../../api/bucketSettings";
import { isOwnedBy, type Owner, ownerOf } from "../../components/owner";
import { inert } from "../inert";
import type { Found } from "./look";

/** The stack that manages parts of a set-up, by the marks on them. */
interface Marked extends Owner {
  readonly what: string;
}

const nameOf = ({ project, stack }: Owner): string => `${project}/${stack}`;

/** Parts of a set-up that have the marks of a stack. */
function markedIn({ trails, buckets, keys, accounts }: Found): Marked[] {
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
 * Why parts that another stack manages are not taken over.
 *
 * @param from The stack that manages them no more, as `<project>/<stack>`.
 */
export function refusalsOfOwners(found: Found, project: string, stack: string, from?: string): string[] {
  return markedIn(found)
    .filter((owner) => !isOwnedBy(owner, project, stack) && nameOf(owner) !== from)
    .map(
      ({ what, ...owner }) =>
        `${inert(what)} belongs to stack ${inert(owner.stack)} of project ${inert(owner.project)}. Two stacks would undo each ` +
        "other's changes. Go on in that stack. If it manages this no more, take it over with: " +
        `--from ${inert(nameOf(owner))}`,
    );
}
