import type { CloudApi } from "./connection";

/**
 * Id of the cloud that a folder is in.
 *
 * @throws {ServiceError} if the folder may not be read.
 */
export async function cloudOfFolder(folderId: string, cloud: CloudApi): Promise<string> {
  const { FolderServiceService } = await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service");
  return (await cloud.call("resource-manager", FolderServiceService.get, { folderId })).cloudId;
}
