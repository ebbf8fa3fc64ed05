import type { CloudApi } from "../../api/connection";
import { type Kind, kindOf, kindTitles } from "../stack/kinds";
import { inFolder } from "./inFolder";
import type { CopiedResource } from "./stateFiles";

/** Kinds that are deleted in the cloud when they leave a stack. Buckets and keys may be kept, so their existence proves nothing. */
const deletedOnRemoval: ReadonlySet<Kind | undefined> = new Set(["trail", "account"]);

/**
 * Finds a resource that the state lost: it is in a copy of the state, and still in the cloud. A removal from the stack would
 * have deleted it there.
 *
 * @returns its kind and id, for people; undefined if there is none.
 * @throws {ServiceError} if a call fails.
 */
export async function livingOf(
  lost: readonly CopiedResource[],
  cloud: CloudApi,
): Promise<string | undefined> {
  for (const { type, id, inputs } of lost) {
    const kind = kindOf({ type });
    const folderId = inputs?.folderId;
    if (!kind || !deletedOnRemoval.has(kind) || typeof folderId !== "string") continue;
    const held = await inFolder[kind](folderId, cloud);
    if (held.some((one) => one.id === id)) return `${kindTitles[kind]} ${id}`;
  }
  return undefined;
}
