import { isBucketEmpty } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { textOf } from "../stack/values";
import { type CloudResource, inFolder } from "./inFolder";
import { isMarked, type Marks, marksOf, ownerMarks } from "./marks";
import type { Updates } from "./updates";
import type { Wanted } from "./wanted";

/** A resource in the cloud with the name of a missing resource. */
interface Namesake extends Omit<CloudResource, "marks"> {
  readonly marks: Marks;
}

/** Result of the search for a missing resource. */
export type Finding =
  | { readonly outcome: "none" }
  /** It belongs to this stack. */
  | { readonly outcome: "ours"; readonly id: string }
  /** A resource has its name, but nothing proves that it belongs to this stack. */
  | { readonly outcome: "unproven"; readonly id: string; readonly why: string };

/** Known facts about the stack for the search. */
export interface SearchContext {
  /** Ids in the state. */
  readonly ids: ReadonlySet<string>;
  readonly updates: Updates;
  /** True if the stack lost its state. Then recover imports all resources with the stack's marks. */
  readonly isRecreated: boolean;
  /** Ids of the keys that encrypt the stack's buckets. */
  readonly keysInUse: () => Promise<ReadonlySet<string>>;
  /** Ids that the user named with --take. */
  readonly given: ReadonlySet<string>;
}

/**
 * Searches the cloud for a missing resource.
 *
 * @throws {ServiceError} if a call fails.
 */
export async function search(wanted: Wanted, context: SearchContext, cloud: CloudApi): Promise<Finding> {
  const { kind, resource } = wanted;
  const { folderId, bucket, name = bucket } = resource.inputs;
  const folder = textOf(folderId);
  // A folder that does not exist yet holds nothing.
  if (folder === undefined) return { outcome: "none" };
  const held = await inFolder[kind](folder, cloud);
  const strangers = await Promise.all(
    held
      .filter((one) => one.name === name && !context.ids.has(one.id))
      .map(async (one): Promise<Namesake> => ({ ...one, marks: await one.marks() })),
  );
  const marked = strangers.filter(({ marks }) => isMarked(marks, marksOf(resource)));
  const [given] = strangers.filter(({ id }) => context.given.has(id));
  if (given) return { outcome: "ours", id: given.id };
  const used = kind === "key" && marked.length > 0 ? await context.keysInUse() : new Set<string>();
  const [best] = marked.sort(
    (one, other) => Number(used.has(other.id)) - Number(used.has(one.id)) || ageOf(one) - ageOf(other),
  );
  // Several keys may have the same name.
  const [stranger] = best || kind === "key" ? [best] : strangers;
  if (!stranger) return { outcome: "none" };
  const why = best
    ? doubtAboutMarked(best, wanted, context, used)
    : await doubtAbout(stranger, wanted, context, cloud);
  return why ? { outcome: "unproven", id: stranger.id, why } : { outcome: "ours", id: stranger.id };
}

const ageOf = ({ createdAt }: Namesake): number => -(createdAt?.getTime() ?? 0);

/** Returns the reason against an import of a marked resource. A resource that was kept when it left the stack has the marks too. */
function doubtAboutMarked(
  { id, createdAt }: Namesake,
  { kind, isBegun }: Wanted,
  { updates, isRecreated }: SearchContext,
  usedKeys: ReadonlySet<string>,
): string | undefined {
  if (isBegun || isRecreated || updates.isLeftOver(createdAt)) return undefined;
  // A refresh drops resources that its account may not read. A key that encrypts the stack's bucket is a current one.
  if (updates.hasLostByRefresh && (kind !== "key" || usedKeys.has(id))) return undefined;
  return "it has the marks of this stack, but no interrupted update created it; it may have been removed from the stack before";
}

/** Returns the reason why an unmarked resource may belong to others. A bucket has no tags for a moment after its creation. */
async function doubtAbout(
  { id, marks, createdAt }: Namesake,
  { kind, isBegun }: Wanted,
  { updates }: SearchContext,
  cloud: CloudApi,
): Promise<string | undefined> {
  const [project, stack] = ownerMarks.map((name) => marks[name]);
  if (project && stack) return `it belongs to stack ${stack} of project ${project}`;
  // If only the provider ended, the engine records a failure and no pending operation.
  if (kind !== "bucket" || !(isBegun || updates.isOfFailure(createdAt)))
    return "it has no mark of this stack, and no interrupted update was creating it";
  if (isBegun && !updates.isSinceSuccess(createdAt))
    return "it has no mark of this stack, and may be older than the interrupted update";
  return (await isBucketEmpty(id, cloud)) ? undefined : "it has no mark of this stack, and contains objects";
}
