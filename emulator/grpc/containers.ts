import { Organization } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization";
import {
  GetOrganizationRequest,
  OrganizationServiceService,
} from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service";
import { Cloud as CloudMessage } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud";
import {
  CloudServiceService,
  GetCloudRequest,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service";
import { Folder } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder";
import {
  FolderServiceService,
  GetFolderRequest,
} from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import type { Cloud } from "../backend/cloud";
import { accessBindingMethods } from "./accessBindings";
import { type Service, unary } from "./service";

export const organizationService = (cloud: Cloud): Service => ({
  definition: OrganizationServiceService,
  methods: {
    get: unary(GetOrganizationRequest, Organization, (call, request: { organizationId: string }) => {
      const { id, name } = cloud.tree.require("organization-manager.organization", request.organizationId);
      cloud.access.require(call.subject, "organization-manager.organizations.get", id);
      return { id, name, title: name };
    }),
    ...accessBindingMethods(cloud, "organization"),
  },
});

export const cloudService = (cloud: Cloud): Service => ({
  definition: CloudServiceService,
  methods: {
    get: unary(GetCloudRequest, CloudMessage, (call, request: { cloudId: string }) => {
      const { id, name, parentId } = cloud.tree.require("resource-manager.cloud", request.cloudId);
      cloud.access.require(call.subject, "resource-manager.clouds.get", id);
      return { id, name, organizationId: parentId };
    }),
    ...accessBindingMethods(cloud, "cloud"),
  },
});

export const folderService = (cloud: Cloud): Service => ({
  definition: FolderServiceService,
  methods: {
    get: unary(GetFolderRequest, Folder, (call, request: { folderId: string }) => {
      const { id, name, parentId } = cloud.tree.require("resource-manager.folder", request.folderId);
      cloud.access.require(call.subject, "resource-manager.folders.get", id);
      return { id, name, cloudId: parentId, status: "ACTIVE" };
    }),
    ...accessBindingMethods(cloud, "folder"),
  },
});
