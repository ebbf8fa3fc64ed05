import type { CloudApi } from "../../api/connection";
import { labelsOf } from "../../components/owner";
import type { Resource } from "../stack/engineJson";
import type { Kind } from "../stack/kinds";
import { splitUrn } from "../stack/urn";
import { textOf } from "../stack/values";
import { type CloudResource, inFolder } from "./inFolder";
import { isMarked } from "./marks";

/** A resource in the cloud that has the stack's marks and is not in its state. */
export interface Outside extends Pick<CloudResource, "id" | "name"> {
  readonly kind: Kind;
}

/**
 * Finds resources that have the stack's marks and are not in its state. It searches the folders of the stack's resources.
 *
 * @param resources The stack's own resources.
 * @param ids Ids in the state.
 * @throws {ServiceError} if a call fails.
 */
export async function outsideOf(
  resources: readonly Resource[],
  ids: ReadonlySet<string>,
  cloud: CloudApi,
): Promise<Outside[]> {
  const [first] = resources;
  if (!first) return [];
  const { project, stack } = splitUrn(first.urn);
  const wanted = labelsOf(project, stack);
  const folderIds = new Set(resources.flatMap(({ inputs }) => textOf(inputs.folderId) ?? []));
  const outside: Outside[] = [];
  for (const [kind, list] of Object.entries(inFolder) as [Kind, (typeof inFolder)[Kind]][])
    for (const folderId of folderIds)
      for (const { id, name, marks } of await list(folderId, cloud))
        if (!ids.has(id) && isMarked(await marks(), wanted)) outside.push({ kind, id, name });
  return outside;
}
