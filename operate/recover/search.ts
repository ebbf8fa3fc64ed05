import { isBucketEmpty } from "../../api/buckets";
import type { CloudApi } from "../../api/connection";
import { textOf } from "../stack/stackView";
import { type CloudResource, inFolder } from "./inFolder";
import { isMarked, type Marks, marksOf, ownerMarks } from "./marks";
import type { Updates } from "./updates";
import type { Wanted } from "./wanted";

/** Something in the cloud that has the name which a missing resource is to have. */
interface Namesake extends Omit<CloudResource, "marks"> {
  readonly marks: Marks;
}

/** What the search for a missing resource gave. */
export type Finding =
  | { readonly outcome: "none" }
  /** It is this stack's. */
  | { readonly outcome: "ours"; readonly id: string }
  /** Something has its name, and is not provably this stack's. */
  | { readonly outcome: "unproven"; readonly id: string; readonly why: string };

/** What is known of the stack when its resources are searched for. */
export interface SearchContext {
  /** Ids that the state has already. */
  readonly ids: ReadonlySet<string>;
  readonly updates: Updates;
  /** Whether the stack lost its state: then everything with its marks is to come into it. */
  readonly isAnew: boolean;
  /** Ids of the keys that encrypt the stack's buckets. */
  readonly keysInUse: () => Promise<ReadonlySet<string>>;
  /** Ids that the user says to be the stack's. */
  readonly given: ReadonlySet<string>;
}

/**
 * Looks in the cloud for what a missing resource may have become.
 *
 * @throws {ServiceError} if the cloud does not say.
 */
export async function search(wanted: Wanted, context: SearchContext, cloud: CloudApi): Promise<Finding> {
  const { kind, resource } = wanted;
  const { folderId, bucket, name = bucket } = resource.inputs;
  const folder = textOf(folderId);
  // A folder that the program has still to make holds nothing.
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
  // Names of keys are shared by any number of keys.
  const [stranger] = best || kind === "key" ? [best] : strangers;
  if (!stranger) return { outcome: "none" };
  const why = best
    ? doubtAboutMarked(best, wanted, context, used)
    : await doubtAbout(stranger, wanted, context, cloud);
  return why ? { outcome: "unproven", id: stranger.id, why } : { outcome: "ours", id: stranger.id };
}

const ageOf = ({ createdAt }: Namesake): number => -(createdAt?.getTime() ?? 0);

/** Why something with the stack's marks is not to come into the state: what was kept when it left the stack has the marks too. */
function doubtAboutMarked(
  { id, createdAt }: Namesake,
  { kind, isBegun }: Wanted,
  { updates, isAnew }: SearchContext,
  usedKeys: ReadonlySet<string>,
): string | undefined {
  if (isBegun || isAnew || updates.isLeftOver(createdAt)) return undefined;
  // A refresh takes out what its account may not read. A key of the stack's own bucket is no key of former days.
  if (updates.hasLostByRefresh && (kind !== "key" || usedKeys.has(id))) return undefined;
  return "it has the marks of this stack, but no interrupted update made it; it may have left the stack before";
}

/** Why something without the stack's marks may be another's. A bucket has no tags for a moment after it is made. */
async function doubtAbout(
  { id, marks, createdAt }: Namesake,
  { kind, isBegun }: Wanted,
  { updates }: SearchContext,
  cloud: CloudApi,
): Promise<string | undefined> {
  const [project, stack] = ownerMarks.map((name) => marks[name]);
  if (project && stack) return `it belongs to stack ${stack} of project ${project}`;
  // Where the provider alone ended, the engine notes a failure, and no operation that was begun.
  if (kind !== "bucket" || !(isBegun || updates.isOfFailure(createdAt)))
    return "it has no mark of this stack, and no interrupted update was making it";
  if (isBegun && !updates.isSinceSuccess(createdAt))
    return "it has no mark of this stack, and may be older than the interrupted update";
  return (await isBucketEmpty(id, cloud)) ? undefined : "it has no mark of this stack, and holds objects";
}
