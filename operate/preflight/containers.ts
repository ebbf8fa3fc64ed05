import type { Resource } from "../../api/bindings";
import { isForbidden } from "../../api/failures";
import { notChecked, unread } from "./access";
import { type Check, ok, problem, unknown } from "./check";
import type { CloudView } from "./cloudView";
import { folder, type Plan } from "./plan";
import { word } from "./word";

/** Every organization, cloud and folder that a plan names. */
export function containersOf(plan: Plan): Resource[] {
  const all = [
    ...[...plan.trails, ...plan.buckets, ...plan.accounts].map(({ folderId }) => folder(folderId)),
    ...plan.keyFolderIds.map(folder),
    ...plan.existingBuckets.flatMap(({ folderIds }) => (folderIds ?? []).map(folder)),
    ...plan.scopes,
    ...plan.grants
      .map(({ on }) => on)
      .filter(({ type }) => type !== "kms.symmetricKey" && type !== "storage.bucket"),
  ];
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** Whether a container exists, and stays. */
export async function containerCheck(
  about: string,
  resource: Resource,
  view: CloudView,
  endpoint: string,
): Promise<Check> {
  const found = await view.container(resource);
  if (!found)
    return problem(
      about,
      `There is none of that id at ${endpoint} that may be read. Correct the id, or YC_ENDPOINT if it is in another region.`,
    );
  const { status, name } = found;
  if (status === undefined || status === "ACTIVE") return ok(about, `Its name is ${name}.`);
  if (status === "STATUS_UNSPECIFIED") return unknown(about, "The service does not say its status.");
  return problem(
    about,
    `It is ${status}: all that is in it is about to be deleted. Cancel the deletion, which is among its operations.`,
    `yc resource-manager folder list-operations --id ${word(resource.id)}`,
  );
}

/** Whether a folder is in the organization whose events are collected: a trail collects from its own alone. */
export async function organizationCheck(
  about: string,
  folderId: string,
  organizationId: string,
  view: CloudView,
): Promise<Check> {
  const cloudId = (await view.container(folder(folderId)))?.parentId;
  if (!cloudId) return unknown(about, notChecked(folder(folderId)));
  const cloud = { type: "resource-manager.cloud", id: cloudId };
  let parentId: string | undefined;
  try {
    parentId = (await view.container(cloud))?.parentId;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return unread(about, cloud, view);
  }
  if (!parentId) return unknown(about, `The service does not say the organization of cloud ${cloudId}.`);
  if (parentId === organizationId) return ok(about);
  return problem(
    about,
    `It is in organization ${parentId}. A trail collects events of its own organization only.`,
    `pulumi config set organizationId ${word(parentId)}`,
  );
}
