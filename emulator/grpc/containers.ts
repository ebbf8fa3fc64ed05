import { Organization } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization";
import {
  GetOrganizationRequest,
  ListOrganizationOperationsRequest,
  ListOrganizationOperationsResponse,
  ListOrganizationsRequest,
  ListOrganizationsResponse,
  OrganizationServiceService,
  UpdateOrganizationRequest,
} from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service";
import { Cloud as CloudMessage } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud";
import {
  CloudServiceService,
  CreateCloudRequest,
  DeleteCloudRequest,
  GetCloudRequest,
  ListCloudOperationsRequest,
  ListCloudOperationsResponse,
  ListCloudsRequest,
  ListCloudsResponse,
  UpdateCloudRequest,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service";
import { Folder } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder";
import {
  CreateFolderRequest,
  DeleteFolderRequest,
  FolderServiceService,
  GetFolderRequest,
  ListFolderOperationsRequest,
  ListFolderOperationsResponse,
  ListFoldersRequest,
  ListFoldersResponse,
  UpdateFolderRequest,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import type { Cloud } from "../backend/cloud";
import type { ContainerKind } from "../backend/resourceManager/containers";
import { accessBindingMethods } from "./accessBindings";
import { listOperations } from "./listing";
import { filtered, type PageRequest, pageOf } from "./paging";
import { type Codec, type Masked, type Method, operation, type Service, unary } from "./service";

// biome-ignore lint/suspicious/noExplicitAny: messages of several services
type AnyCodec = Codec<any>;

/** The messages of a kind of container, and its fields in them. */
interface Messages {
  readonly idField: string;
  readonly parentField?: string;
  readonly listField: string;
  readonly message: AnyCodec;
  readonly get: AnyCodec;
  readonly list: readonly [request: AnyCodec, response: AnyCodec];
  readonly listOperations: readonly [request: AnyCodec, response: AnyCodec];
  readonly update: AnyCodec;
}

type Request = PageRequest & Record<string, string>;

/** What organizations, clouds and folders have in common. */
function commonMethods(cloud: Cloud, kind: ContainerKind, messages: Messages): Record<string, Method> {
  const { idField, parentField = "", listField } = messages;
  const idOf = (request: Request) => request[idField] ?? "";
  return {
    get: unary(messages.get, messages.message, (call, request: Request) =>
      cloud.containers.get(call, kind, idOf(request)),
    ),
    list: unary(...messages.list, (call, request: Request) => {
      const visible = cloud.containers.list(call, kind, request[parentField]);
      const { items, nextPageToken } = pageOf(filtered(visible, request.filter, ["name"]), request);
      return { [listField]: items, nextPageToken };
    }),
    listOperations: unary(...messages.listOperations, (call, request: Request) =>
      listOperations(cloud, cloud.containers.get(call, kind, idOf(request)).id, request),
    ),
    update: operation(messages.update, (call, { updateMask, ...request }: Masked<Request>) => {
      const { [idField]: id = "", ...given } = request;
      return cloud.containers.update(call, kind, id, given, updateMask?.paths);
    }),
    ...accessBindingMethods(cloud, kind),
  };
}

export const organizationService = (cloud: Cloud): Service => ({
  definition: OrganizationServiceService,
  methods: commonMethods(cloud, "organization", {
    idField: "organizationId",
    listField: "organizations",
    message: Organization,
    get: GetOrganizationRequest,
    list: [ListOrganizationsRequest, ListOrganizationsResponse],
    listOperations: [ListOrganizationOperationsRequest, ListOrganizationOperationsResponse],
    update: UpdateOrganizationRequest,
  }),
});

/** What clouds and folders have beyond that. */
function ownedMethods(
  cloud: Cloud,
  kind: "cloud" | "folder",
  { idField, parentField = "" }: Messages,
  create: AnyCodec,
  remove: AnyCodec,
): Record<string, Method> {
  return {
    create: operation(create, (call, request: Request) => {
      const { [parentField]: parentId = "", ...given } = request;
      return cloud.containers.create(call, kind, parentId, given);
    }),
    delete: operation(remove, (call, { [idField]: id = "", deleteAfter }: Request) =>
      cloud.containers.delete(call, kind, id, deleteAfter),
    ),
  };
}

export const cloudService = (cloud: Cloud): Service => {
  const messages: Messages = {
    idField: "cloudId",
    parentField: "organizationId",
    listField: "clouds",
    message: CloudMessage,
    get: GetCloudRequest,
    list: [ListCloudsRequest, ListCloudsResponse],
    listOperations: [ListCloudOperationsRequest, ListCloudOperationsResponse],
    update: UpdateCloudRequest,
  };
  return {
    definition: CloudServiceService,
    methods: {
      ...commonMethods(cloud, "cloud", messages),
      ...ownedMethods(cloud, "cloud", messages, CreateCloudRequest, DeleteCloudRequest),
    },
  };
};

export const folderService = (cloud: Cloud): Service => {
  const messages: Messages = {
    idField: "folderId",
    parentField: "cloudId",
    listField: "folders",
    message: Folder,
    get: GetFolderRequest,
    list: [ListFoldersRequest, ListFoldersResponse],
    listOperations: [ListFolderOperationsRequest, ListFolderOperationsResponse],
    update: UpdateFolderRequest,
  };
  return {
    definition: FolderServiceService,
    methods: {
      ...commonMethods(cloud, "folder", messages),
      ...ownedMethods(cloud, "folder", messages, CreateFolderRequest, DeleteFolderRequest),
    },
  };
};
