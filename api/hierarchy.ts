import type { CloudApi } from "./connection";
import { ifFound } from "./failures";
import { listAll, pageSize } from "./listed";

/** What holds other resources: an organization, a cloud or a folder. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** The cloud of a folder, the organization of a cloud. */
  readonly parentId?: string;
  /** Such as `ACTIVE`; absent where the service has none. */
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
 * @param type Such as `resource-manager.folder`.
 * @returns nothing if there is none of that id.
 * @throws {ServiceError} if the service does not say, for want of a role for example.
 */
export async function readContainer(
  { type, id }: { readonly type: string; readonly id: string },
  cloud: CloudApi,
): Promise<Container | undefined> {
  const read = reads[type];
  if (!read) throw new Error(`A resource of type ${type} is no container`);
  return ifFound(read(id, cloud));
}

/**
 * Ids of the folders of a cloud that may be seen.
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
 * Ids of the clouds of an organization that may be seen.
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
 * Id of the cloud that a folder is in.
 *
 * @throws {ServiceError} if the folder may not be read.
 */
export async function cloudOfFolder(folderId: string, cloud: CloudApi): Promise<string> {
  const { FolderServiceService } = await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service");
  return (await cloud.call("resource-manager", FolderServiceService.get, { folderId })).cloudId;
}
