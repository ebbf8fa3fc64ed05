import type { Resource } from "../../api/bindings";
import { isForbidden } from "../../api/failures";
import { place } from "../../components/places";
import { notChecked, unread } from "./access";
import { type Check, ok, problem, unknown } from "./check";
import type { CloudView } from "./cloudView";
import type { Plan } from "./plan";
import { word } from "./word";

/** Returns all organizations, clouds and folders of a plan. */
export function containersOf(plan: Plan): Resource[] {
  const all = [
    ...[...plan.trails, ...plan.buckets, ...plan.accounts].map(({ folderId }) => place("folder", folderId)),
    ...plan.keyFolderIds.map((id) => place("folder", id)),
    ...plan.existingBuckets.flatMap(({ folderIds }) => (folderIds ?? []).map((id) => place("folder", id))),
    ...plan.scopes,
    ...plan.grants
      .map(({ on }) => on)
      .filter(({ type }) => type !== "kms.symmetricKey" && type !== "storage.bucket"),
  ];
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** Checks whether a container exists and is not about to be deleted. */
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
      `It does not exist at ${endpoint}, or may not be read. Correct the id, or YC_ENDPOINT if it is in another region.`,
    );
  const { status, name } = found;
  if (status === undefined || status === "ACTIVE") return ok(about, `Its name is ${name}.`);
  if (status === "STATUS_UNSPECIFIED") return unknown(about, "The service does not report its status.");
  return problem(
    about,
    `It is ${status}: all its contents are about to be deleted. Find the deletion among its operations, and cancel it.`,
    `yc resource-manager folder list-operations --id ${word(resource.id)}`,
  );
}

/** Checks whether a folder is in the organization whose events are collected. A trail collects from its own organization only. */
export async function organizationCheck(
  about: string,
  folderId: string,
  organizationId: string,
  view: CloudView,
): Promise<Check> {
  const cloudId = (await view.container(place("folder", folderId)))?.parentId;
  if (!cloudId) return unknown(about, notChecked(place("folder", folderId)));
  const cloud = place("cloud", cloudId);
  let parentId: string | undefined;
  try {
    parentId = (await view.container(cloud))?.parentId;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return unread(about, cloud, view);
  }
  if (!parentId) return unknown(about, `The service does not report the organization of cloud ${cloudId}.`);
  if (parentId === organizationId) return ok(about);
  return problem(
    about,
    `It is in organization ${parentId}. A trail collects events of its own organization only.`,
    `pulumi config set organizationId ${word(parentId)}`,
  );
}
