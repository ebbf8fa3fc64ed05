import type { CloudApi, Method } from "./connection";
import { listed, pageSize } from "./listed";

/** Something on which roles are granted. */
export interface Resource {
  /** Such as `resource-manager.folder`. */
  readonly type: string;
  readonly id: string;
}

/** The messages of yandex.cloud.access, which the SDK keeps to itself. */
interface ListAccessBindingsRequest {
  readonly resourceId: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** A role that somebody has. */
export interface Binding {
  readonly roleId: string;
  readonly subject?: { readonly type: string; readonly id: string };
}

interface ListAccessBindingsResponse {
  readonly accessBindings: readonly Binding[];
  readonly nextPageToken: string;
}

interface BindingsService {
  /** Id under which the endpoint names its address. */
  readonly id: string;
  readonly load: () => Promise<{
    readonly listAccessBindings: Method<ListAccessBindingsRequest, ListAccessBindingsResponse>;
  }>;
}

/** Who knows the bindings, by the type of the resource that they are on. */
const services: Readonly<Record<string, BindingsService>> = {
  "organization-manager.organization": {
    id: "organization-manager",
    load: async () =>
      (await import("@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service"))
        .OrganizationServiceService,
  },
  "resource-manager.cloud": {
    id: "resource-manager",
    load: async () =>
      (await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service")).CloudServiceService,
  },
  "resource-manager.folder": {
    id: "resource-manager",
    load: async () =>
      (await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service")).FolderServiceService,
  },
  "storage.bucket": {
    id: "storage-api",
    load: async () =>
      (await import("@yandex-cloud/nodejs-sdk/storage-v1/bucket_service")).BucketServiceService,
  },
  "iam.serviceAccount": {
    id: "iam",
    load: async () =>
      (await import("@yandex-cloud/nodejs-sdk/iam-v1/service_account_service")).ServiceAccountServiceService,
  },
  "kms.symmetricKey": {
    id: "kms",
    load: async () =>
      (await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service")).SymmetricKeyServiceService,
  },
};

/**
 * Who has which role on a resource itself, not on what contains it.
 *
 * @throws {ServiceError} if the bindings may not be read.
 * @throws {Error} for a resource of another type than is known here.
 */
export async function* bindingsOf(
  { type, id: resourceId }: Resource,
  cloud: CloudApi,
): AsyncGenerator<Binding> {
  const service = services[type];
  if (!service) throw new Error(`The bindings of a resource of type ${type} cannot be read`);
  const { listAccessBindings } = await service.load();
  yield* listed(
    (pageToken) => cloud.call(service.id, listAccessBindings, { resourceId, pageSize, pageToken }),
    ({ accessBindings }) => accessBindings,
  );
}

/**
 * Returns the roles that a service account has on a resource itself, not on what contains it.
 *
 * @throws as {@link bindingsOf}.
 */
export async function rolesOf(
  serviceAccountId: string,
  resource: Resource,
  cloud: CloudApi,
): Promise<string[]> {
  const roles: string[] = [];
  for await (const { roleId, subject } of bindingsOf(resource, cloud))
    if (subject?.type === "serviceAccount" && subject.id === serviceAccountId) roles.push(roleId);
  return roles;
}

/**
 * Whether anybody has a role on a resource itself.
 *
 * @throws as {@link bindingsOf}.
 */
export async function isGranted(resource: Resource, cloud: CloudApi): Promise<boolean> {
  for await (const _binding of bindingsOf(resource, cloud)) return true;
  return false;
}
