import { type CloudApi, isNotFound } from "./connection";
import type { TrailState } from "./trails";

interface BindingsPage {
  readonly accessBindings: readonly { readonly roleId: string; readonly subject?: { readonly id: string } }[];
  readonly nextPageToken: string;
}

interface BindingsClient {
  listAccessBindings(request: {
    resourceId: string;
    pageSize: number;
    pageToken: string;
  }): Promise<BindingsPage>;
}

/** Clients for the bindings of each kind of resource, loaded when they are needed. */
const bindingsClients: Readonly<Record<string, (cloud: CloudApi) => Promise<BindingsClient>>> = {
  "organization-manager.organization": async ({ session, addressOf }) => {
    const { OrganizationServiceClient } = await import(
      "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service"
    );
    return session.client(OrganizationServiceClient, addressOf("organization-manager"));
  },
  "resource-manager.cloud": async ({ session, addressOf }) => {
    const { CloudServiceClient } = await import("@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service");
    return session.client(CloudServiceClient, addressOf("resource-manager"));
  },
  "resource-manager.folder": async ({ session, addressOf }) => {
    const { FolderServiceClient } = await import(
      "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service"
    );
    return session.client(FolderServiceClient, addressOf("resource-manager"));
  },
  "kms.symmetricKey": keysClient,
};

async function keysClient({ session, addressOf }: CloudApi) {
  const { SymmetricKeyServiceClient } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service");
  return session.client(SymmetricKeyServiceClient, addressOf("kms"));
}

/**
 * Looks for the cause of a trail's status ERROR with calls that change nothing. What cannot be told, for want of a role for
 * example, is left out. Roles are looked for on the resource where the guide grants them, not on what contains it.
 *
 * @returns what was found wrong, as sentences; nothing if all that could be seen is in order.
 */
export async function findTrailFaults(trail: TrailState, cloud: CloudApi): Promise<string[]> {
  const { session, addressOf } = cloud;
  const { managementEventsFilter, dataEventsFilters = [] } = trail.filteringPolicy ?? {};
  const scopes = [managementEventsFilter, ...dataEventsFilters].flatMap(
    (filter) => filter?.resourceScopes ?? [],
  );
  const faults: string[] = [];
  for (const [id, type] of new Map(scopes.map((scope) => [scope.id, scope.type])))
    faults.push(...(await missingRole(cloud, trail, type, id, "audit-trails.viewer")));

  const bucketName = trail.destination?.objectStorage?.bucketId ?? "";
  const { BucketServiceClient, GetBucketRequest, GetBucketRequest_View } = await import(
    "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service"
  );
  const buckets = session.client(BucketServiceClient, addressOf("storage-api"));
  const request = GetBucketRequest.fromPartial({ name: bucketName, view: GetBucketRequest_View.VIEW_FULL });
  const bucket = await found(buckets.get(request));
  if (bucket === "missing") return [...faults, `Bucket ${bucketName} does not exist.`];
  if (!bucket) return faults;
  faults.push(
    ...(await missingRole(cloud, trail, "resource-manager.folder", bucket.folderId, "storage.uploader")),
  );
  if (bucket.policy)
    faults.push(`Bucket ${bucketName} has a policy, which must let the account put objects.`);
  if (bucket.maxSize > 0)
    faults.push(`Bucket ${bucketName} takes ${bucket.maxSize} bytes at most, and may be full.`);

  const keyId = bucket.encryption?.rules[0]?.kmsMasterKeyId;
  if (!keyId) return faults;
  const { SymmetricKey_Status } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key");
  const key = await found((await keysClient(cloud)).get({ keyId }));
  if (key === "missing") return [...faults, `Key ${keyId} of bucket ${bucketName} does not exist.`];
  if (key && key.status !== SymmetricKey_Status.ACTIVE)
    faults.push(`Key ${keyId} of bucket ${bucketName} is ${SymmetricKey_Status[key.status]}, not ACTIVE.`);
  const role = "kms.keys.encrypterDecrypter";
  return [...faults, ...(await missingRole(cloud, trail, "kms.symmetricKey", keyId, role))];
}

async function missingRole(
  cloud: CloudApi,
  { serviceAccountId }: TrailState,
  type: string,
  resourceId: string,
  role: string,
): Promise<string[]> {
  const client = await bindingsClients[type]?.(cloud);
  const page =
    client && (await found(client.listAccessBindings({ resourceId, pageSize: 1000, pageToken: "" })));
  // On a resource with more bindings than one page holds, the role may be on a later one.
  if (!page || page === "missing" || page.nextPageToken) return [];
  const isHeld = page.accessBindings.some(
    ({ roleId, subject }) => roleId === role && subject?.id === serviceAccountId,
  );
  return isHeld ? [] : [`The account ${serviceAccountId} has no role ${role} on ${type} ${resourceId}.`];
}

/** What a call gave; nothing if it failed otherwise than with NOT_FOUND. */
async function found<T>(call: Promise<T>): Promise<T | "missing" | undefined> {
  return call.catch((error: Error) => (isNotFound(error) ? "missing" : undefined));
}
