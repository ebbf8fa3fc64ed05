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
import { filtered, type PageRequest, pageAs } from "./paging";
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
      return pageAs(listField, filtered(visible, request.filter, ["name"]), request);
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

/** The service of clouds or folders, which can be created and deleted too. */
function ownedService(
  cloud: Cloud,
  kind: "cloud" | "folder",
  definition: Service["definition"],
  messages: Messages & { readonly create: AnyCodec; readonly delete: AnyCodec },
): Service {
  const { idField, parentField = "" } = messages;
  return {
    definition,
    methods: {
      ...commonMethods(cloud, kind, messages),
      create: operation(messages.create, (call, request: Request) => {
        const { [parentField]: parentId = "", ...given } = request;
        return cloud.containers.create(call, kind, parentId, given);
      }),
      delete: operation(messages.delete, (call, { [idField]: id = "", deleteAfter }: Request) =>
        cloud.containers.delete(call, kind, id, deleteAfter),
      ),
    },
  };
}

export const cloudService = (cloud: Cloud): Service =>
  ownedService(cloud, "cloud", CloudServiceService, {
    idField: "cloudId",
    parentField: "organizationId",
    listField: "clouds",
    message: CloudMessage,
    get: GetCloudRequest,
    list: [ListCloudsRequest, ListCloudsResponse],
    listOperations: [ListCloudOperationsRequest, ListCloudOperationsResponse],
    create: CreateCloudRequest,
    update: UpdateCloudRequest,
    delete: DeleteCloudRequest,
  });

export const folderService = (cloud: Cloud): Service =>
  ownedService(cloud, "folder", FolderServiceService, {
    idField: "folderId",
    parentField: "cloudId",
    listField: "folders",
    message: Folder,
    get: GetFolderRequest,
    list: [ListFoldersRequest, ListFoldersResponse],
    listOperations: [ListFolderOperationsRequest, ListFolderOperationsResponse],
    create: CreateFolderRequest,
    update: UpdateFolderRequest,
    delete: DeleteFolderRequest,
  });
