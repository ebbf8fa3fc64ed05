import { Organization } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization";
import {
  GetOrganizationRequest,
  ListOrganizationsRequest,
  ListOrganizationsResponse,
  OrganizationServiceService,
} from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service";
import { Cloud as CloudMessage } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud";
import {
  CloudServiceService,
  GetCloudRequest,
  ListCloudsRequest,
  ListCloudsResponse,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service";
import { Folder } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder";
import {
  FolderServiceService,
  GetFolderRequest,
  ListFoldersRequest,
  ListFoldersResponse,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import type { Resource } from "../backend/resourceTree";
import { accessBindingMethods } from "./accessBindings";
import { filtered, type PageRequest, pageOf } from "./paging";
import { type Service, unary } from "./service";

/** A kind of container: how its resources look as messages, and who may see them. */
interface Container {
  readonly type: string;
  readonly permission: string;
  readonly message: (resource: Resource) => object;
}

const organization: Container = {
  type: "organization-manager.organization",
  permission: "organization-manager.organizations.get",
  message: ({ id, name }) => ({ id, name, title: name }),
};
const cloudContainer: Container = {
  type: "resource-manager.cloud",
  permission: "resource-manager.clouds.get",
  message: ({ id, name, parentId }) => ({ id, name, organizationId: parentId }),
};
const folder: Container = {
  type: "resource-manager.folder",
  permission: "resource-manager.folders.get",
  message: ({ id, name, parentId }) => ({ id, name, cloudId: parentId, status: "ACTIVE" }),
};

function get(cloud: Cloud, call: Call, { type, permission, message }: Container, id: string): object {
  const resource = cloud.tree.require(type, id);
  cloud.access.require(call.subject, permission, id);
  return message(resource);
}

/** Those in the parent, if one is named, that the caller may see. */
function list(
  cloud: Cloud,
  call: Call,
  { type, permission, message }: Container,
  field: string,
  page: PageRequest,
  parentId?: string,
): object {
  const visible = cloud.tree
    .all()
    .filter((one) => one.type === type && (!parentId || one.parentId === parentId))
    .filter(({ id }) => cloud.access.isAllowed(call.subject, permission, id));
  const { items, nextPageToken } = pageOf(filtered(visible, page.filter, ["name"]), page);
  return { [field]: items.map(message), nextPageToken };
}

export const organizationService = (cloud: Cloud): Service => ({
  definition: OrganizationServiceService,
  methods: {
    get: unary(GetOrganizationRequest, Organization, (call, request: { organizationId: string }) =>
      get(cloud, call, organization, request.organizationId),
    ),
    list: unary(ListOrganizationsRequest, ListOrganizationsResponse, (call, page: PageRequest) =>
      list(cloud, call, organization, "organizations", page),
    ),
    ...accessBindingMethods(cloud, "organization"),
  },
});

export const cloudService = (cloud: Cloud): Service => ({
  definition: CloudServiceService,
  methods: {
    get: unary(GetCloudRequest, CloudMessage, (call, request: { cloudId: string }) =>
      get(cloud, call, cloudContainer, request.cloudId),
    ),
    list: unary(
      ListCloudsRequest,
      ListCloudsResponse,
      (call, { organizationId, ...page }: PageRequest & { organizationId?: string }) =>
        list(cloud, call, cloudContainer, "clouds", page, organizationId),
    ),
    ...accessBindingMethods(cloud, "cloud"),
  },
});

export const folderService = (cloud: Cloud): Service => ({
  definition: FolderServiceService,
  methods: {
    get: unary(GetFolderRequest, Folder, (call, request: { folderId: string }) =>
      get(cloud, call, folder, request.folderId),
    ),
    list: unary(
      ListFoldersRequest,
      ListFoldersResponse,
      (call, { cloudId, ...page }: PageRequest & { cloudId?: string }) =>
        list(cloud, call, folder, "folders", page, cloudId),
    ),
    ...accessBindingMethods(cloud, "folder"),
  },
});
