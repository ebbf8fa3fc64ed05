import type { CloudApi, Method } from "./connection";
import { listed, pageSize } from "./listed";

/** Resource on which roles can be granted. */
export interface Resource {
  /** Type in the API, such as `resource-manager.folder`. */
  readonly type: string;
  readonly id: string;
}

/** Request in yandex.cloud.access. The SDK does not export the messages of this package. */
interface ListAccessBindingsRequest {
  readonly resourceId: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** Role binding: a role and its holder. */
export interface Binding {
  readonly roleId: string;
  readonly subject?: { readonly type: string; readonly id: string };
}

interface ListAccessBindingsResponse {
  readonly accessBindings: readonly Binding[];
  readonly nextPageToken: string;
}

interface BindingsService {
  /** Id of the service in the list of API endpoints. */
  readonly id: string;
  readonly load: () => Promise<{
    readonly listAccessBindings: Method<ListAccessBindingsRequest, ListAccessBindingsResponse>;
  }>;
}

/** Services that list the bindings of a resource, by type of the resource. */
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
 * Yields the role bindings of a resource itself. Bindings of the folder, cloud or organization around it are not
 * included.
 *
 * @throws {ServiceError} if the caller may not read the bindings.
 * @throws {Error} if the type of the resource is not in the table above.
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
 * Returns all role bindings of a resource itself.
 *
 * @throws as {@link bindingsOf}.
 */
export async function listBindings(resource: Resource, cloud: CloudApi): Promise<Binding[]> {
  const all: Binding[] = [];
  for await (const binding of bindingsOf(resource, cloud)) all.push(binding);
  return all;
}

/**
 * Returns the roles of a service account on a resource itself, without those on the folder, cloud or organization
 * around it.
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
 * Checks whether a resource itself has any role binding.
 *
 * @throws as {@link bindingsOf}.
 */
export async function isGranted(resource: Resource, cloud: CloudApi): Promise<boolean> {
  for await (const _binding of bindingsOf(resource, cloud)) return true;
  return false;
}
