import type { Cloud } from "../backend/cloud";
import type { ContainerKind } from "../backend/resourceManager/containers";
import { accessBindingMethods } from "./accessBindings";
import { listOperations } from "./listing";
import { filtered, type PageRequest, pageAs } from "./paging";
import { type Masked, type Method, operation, type Service } from "./service";

/** Fields in the messages of a kind of container. */
interface Fields {
  readonly idField: string;
  readonly parentField?: string;
  readonly listField: string;
}

type Request = PageRequest & Record<string, string>;

/** Returns the common methods of organizations, clouds and folders. */
function commonMethods(cloud: Cloud, kind: ContainerKind, fields: Fields): Record<string, Method> {
  const { idField, parentField = "", listField } = fields;
  const idOf = (request: Request) => request[idField] ?? "";
  return {
    get: (call, request: Request) => cloud.containers.get(call, kind, idOf(request)),
    list: (call, request: Request) => {
      const visible = cloud.containers.list(call, kind, request[parentField]);
      return pageAs(listField, filtered(visible, request.filter, ["name"]), request);
    },
    listOperations: (call, request: Request) =>
      listOperations(cloud, cloud.containers.get(call, kind, idOf(request)).id, request),
    update: operation((call, { updateMask, ...request }: Masked<Request>) => {
      const { [idField]: id = "", ...given } = request;
      return cloud.containers.update(call, kind, id, given, updateMask?.paths);
    }),
    ...accessBindingMethods(cloud, kind),
  };
}

export const organizationService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.organizationmanager.v1.OrganizationService",
  methods: commonMethods(cloud, "organization", { idField: "organizationId", listField: "organizations" }),
});

/** Returns the methods of clouds or folders, which also create and delete them. */
function ownedMethods(cloud: Cloud, kind: "cloud" | "folder", fields: Fields): Record<string, Method> {
  const { idField, parentField = "" } = fields;
  return {
    ...commonMethods(cloud, kind, fields),
    create: operation((call, request: Request) => {
      const { [parentField]: parentId = "", ...given } = request;
      return cloud.containers.create(call, kind, parentId, given);
    }),
    delete: operation((call, { [idField]: id = "", deleteAfter }: Request) =>
      cloud.containers.delete(call, kind, id, deleteAfter),
    ),
  };
}

export const cloudService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.resourcemanager.v1.CloudService",
  methods: ownedMethods(cloud, "cloud", {
    idField: "cloudId",
    parentField: "organizationId",
    listField: "clouds",
  }),
});

export const folderService = (cloud: Cloud): Service => ({
  name: "yandex.cloud.resourcemanager.v1.FolderService",
  methods: ownedMethods(cloud, "folder", {
    idField: "folderId",
    parentField: "cloudId",
    listField: "folders",
  }),
});
