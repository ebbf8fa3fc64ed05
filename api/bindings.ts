import type { CloudApi, Method } from "./connection";

/** Something on which roles are granted. */
export interface Resource {
  /** Such as `resource-manager.folder`. */
  readonly type: string;
  readonly id: string;
}

/** Who may hold a role. */
export interface Subject {
  /** Such as `serviceAccount`, `userAccount`, `group` or `system`. */
  readonly type: string;
  readonly id: string;
}

/** A role that somebody holds on a resource itself. */
export interface Binding {
  readonly role: string;
  readonly subject: Subject;
}

/** The messages of yandex.cloud.access, which the SDK keeps to itself. */
interface ListAccessBindingsRequest {
  readonly resourceId: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

interface ListAccessBindingsResponse {
  readonly accessBindings: readonly {
    readonly roleId: string;
    readonly subject?: Subject;
  }[];
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
 * The roles that are granted on a resource itself, not on what contains it.
 *
 * @throws {ServiceError} if they may not be read.
 * @throws {Error} for a resource of another type than is known here.
 */
export async function listBindings(
  { type, id: resourceId }: Resource,
  cloud: CloudApi,
): Promise<readonly Binding[]> {
  const service = services[type];
  if (!service) throw new Error(`The bindings of a resource of type ${type} cannot be read`);
  const { listAccessBindings } = await service.load();
  const bindings: Binding[] = [];
  let pageToken = "";
  do {
    const page = await cloud.call(service.id, listAccessBindings, { resourceId, pageSize: 1000, pageToken });
    for (const { roleId: role, subject } of page.accessBindings)
      if (subject) bindings.push({ role, subject });
    pageToken = page.nextPageToken;
  } while (pageToken);
  return bindings;
}

/** Whether a service account has a role on a resource itself. @throws as {@link listBindings}. */
export async function hasRole(
  serviceAccountId: string,
  role: string,
  resource: Resource,
  cloud: CloudApi,
): Promise<boolean> {
  const bindings = await listBindings(resource, cloud);
  return bindings.some(
    ({ role: held, subject }) =>
      held === role && subject.type === "serviceAccount" && subject.id === serviceAccountId,
  );
}
