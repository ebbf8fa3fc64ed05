import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";

/** Organization, cloud or folder. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** Cloud of a folder, or organization of a cloud. */
  readonly parentId?: string;
  /** Status such as `ACTIVE`; absent if the service has none. */
  readonly status?: string;
}

type Read = (id: string, cloud: CloudApi) => Promise<Container>;

const reads: Readonly<Record<string, Read>> = {
  "organization-manager.organization": async (organizationId, cloud) => {
    const { OrganizationServiceService } = await import(
      "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service"
    );
    return cloud.call("organization-manager", OrganizationServiceService.get, { organizationId });
  },
  "resource-manager.cloud": async (cloudId, cloud) => {
    const { CloudServiceService } = await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service");
    const found = await cloud.call("resource-manager", CloudServiceService.get, { cloudId });
    return { ...found, parentId: found.organizationId };
  },
  "resource-manager.folder": async (folderId, cloud) => {
    const [{ FolderServiceService }, { Folder_Status }] = await Promise.all([
      import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service"),
      import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder"),
    ]);
    const found = await cloud.call("resource-manager", FolderServiceService.get, { folderId });
    return { ...found, parentId: found.cloudId, status: Folder_Status[found.status] };
  },
};

/**
 * Reads an organization, a cloud or a folder.
 *
 * @param type Type in the API, such as `resource-manager.folder`.
 * @returns undefined if nothing has that id.
 * @throws {ServiceError} if the call fails, for example because a role is missing.
 */
export async function readContainer(
  { type, id }: { readonly type: string; readonly id: string },
  cloud: CloudApi,
): Promise<Container | undefined> {
  const read = reads[type];
  if (!read) throw new Error(`A resource of type ${type} contains no other resources`);
  return ifFound(read(id, cloud));
}

/**
 * Lists the ids of the folders of a cloud that the caller can see.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function folderIdsIn(cloudId: string, cloud: CloudApi): Promise<string[]> {
  const { FolderServiceService, ListFoldersRequest } = await import(
    "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service"
  );
  return listAll(
    (pageToken) => {
      const request = ListFoldersRequest.fromPartial({ cloudId, pageSize, pageToken });
      return cloud.call("resource-manager", FolderServiceService.list, request);
    },
    ({ folders }) => folders.map(({ id }) => id),
  );
}

/**
 * Lists the ids of the clouds of an organization that the caller can see.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function cloudIdsIn(organizationId: string, cloud: CloudApi): Promise<string[]> {
  const { CloudServiceService, ListCloudsRequest } = await import(
    "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service"
  );
  return listAll(
    (pageToken) => {
      const request = ListCloudsRequest.fromPartial({ organizationId, pageSize, pageToken });
      return cloud.call("resource-manager", CloudServiceService.list, request);
    },
    ({ clouds }) => clouds.map(({ id }) => id),
  );
}

/**
 * Returns the id of the cloud that contains a folder.
 *
 * @throws {ServiceError} if the caller may not read the folder.
 */
export async function cloudOfFolder(folderId: string, cloud: CloudApi): Promise<string> {
  const { FolderServiceService } = await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service");
  return (await cloud.call("resource-manager", FolderServiceService.get, { folderId })).cloudId;
}
