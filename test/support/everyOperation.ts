import type { Emulator } from "../../emulator";
import { Api } from "./api";

const kms = "yandex.cloud.kms.v1.SymmetricKeyService";
const iam = "yandex.cloud.iam.v1";
const storage = "yandex.cloud.storage.v1.BucketService";
const trails = "yandex.cloud.audittrails.v1.TrailService";
const organizations = "yandex.cloud.organizationmanager.v1.OrganizationService";
const resources = "yandex.cloud.resourcemanager.v1";

/** Final state of an operation. */
export interface Finished {
  readonly metadata: { readonly type_url: string };
  readonly response?: { readonly type_url: string };
  readonly done: boolean;
}

/** Calls every method that starts an operation, in an order in which each succeeds. @returns what came of each, by method. */
export async function callEveryOperation(emulator: Emulator): Promise<Map<string, Finished>> {
  const { cloud } = emulator;
  const { organizationId, cloudId, folderId, deployer } = cloud;
  cloud.access.add(organizationId, { roleId: "admin", subject: deployer });
  using api = new Api(emulator);
  const finished = new Map<string, Finished>();

  const call = async (method: string, request: object) => {
    const { id } = await api.callNewest(method, request);
    finished.set(
      method,
      await api.callNewest("yandex.cloud.operation.OperationService.Get", { operationId: id }),
    );
  };
  /** Replaces the bindings by those that there are and one more, and takes that one back. */
  const bind = async (service: string, resourceId: string, roleId: string) => {
    const accessBinding = { roleId, subject: { id: accountId, type: "serviceAccount" } };
    const accessBindings = [...cloud.access.list(resourceId), accessBinding];
    await call(`${service}.SetAccessBindings`, { resourceId, accessBindings });
    const accessBindingDeltas = [{ action: "REMOVE", accessBinding }];
    await call(`${service}.UpdateAccessBindings`, { resourceId, accessBindingDeltas });
  };
  const idOf = (type: string, name: string) => cloud.tree.named(type, name, organizationId)[0]?.id ?? "";
  const described = { updateMask: { paths: ["description"] }, description: "changed" };

  const accounts = `${iam}.ServiceAccountService`;
  await call(`${accounts}.Create`, { folderId, name: "account" });
  const accountId = idOf("iam.serviceAccount", "account");
  await call(`${accounts}.Update`, { serviceAccountId: accountId, ...described });
  await bind(accounts, accountId, "iam.serviceAccounts.user");

  for (const [service, key] of [
    [`${iam}.awscompatibility.AccessKeyService`, "accessKey"],
    [`${iam}.KeyService`, "key"],
  ] as const) {
    const created = await api.callNewest(`${service}.Create`, { serviceAccountId: accountId });
    const { id } = created[key];
    await call(`${service}.Update`, { [`${key}Id`]: id, ...described });
    await call(`${service}.Delete`, { [`${key}Id`]: id });
  }

  await call(`${kms}.Create`, { folderId, name: "key", rotationPeriod: { seconds: 3600 } });
  const keyId = idOf("kms.symmetricKey", "key");
  const versionId = cloud.keys.require(keyId).primaryVersion.id;
  await call(`${kms}.Update`, { keyId, ...described });
  await call(`${kms}.Rotate`, { keyId });
  const rotatedId = cloud.keys.require(keyId).primaryVersion.id;
  await call(`${kms}.SetPrimaryVersion`, { keyId, versionId });
  await call(`${kms}.ScheduleVersionDestruction`, { keyId, versionId: rotatedId });
  await call(`${kms}.CancelVersionDestruction`, { keyId, versionId: rotatedId });
  await bind(kms, keyId, "kms.keys.encrypter");

  const name = "every-operation";
  await call(`${storage}.Create`, { name, folderId });
  await call(`${storage}.Update`, { name, updateMask: { paths: ["max_size"] }, maxSize: 1_000_000 });
  await call(`${storage}.SetHTTPSConfig`, { name, certificateManager: { certificateId: "certificate" } });
  await call(`${storage}.DeleteHTTPSConfig`, { name });
  await bind(storage, name, "storage.viewer");

  for (const roleId of ["audit-trails.viewer", "storage.uploader"])
    cloud.access.add(organizationId, { roleId, subject: { id: accountId, type: "serviceAccount" } });
  await call(`${trails}.Create`, {
    folderId,
    name: "trail",
    serviceAccountId: accountId,
    destination: { objectStorage: { bucketId: name } },
    filteringPolicy: {
      managementEventsFilter: {
        resourceScopes: [{ id: organizationId, type: "organization-manager.organization" }],
      },
    },
  });
  const trailId = idOf("audit-trails.trail", "trail");
  await call(`${trails}.Update`, { trailId, ...described });
  await bind(trails, trailId, "audit-trails.viewer");
  await call(`${trails}.Delete`, { trailId });

  await call(`${organizations}.Update`, { organizationId, ...described });
  await bind(organizations, organizationId, "viewer");
  const deleteAfter = new Date(0).toISOString();
  for (const [kind, parent] of [
    ["cloud", { organizationId }],
    ["folder", { cloudId }],
  ] as const) {
    const service = `${resources}.${kind === "cloud" ? "CloudService" : "FolderService"}`;
    await call(`${service}.Create`, { ...parent, name: "container" });
    const id = idOf(`resource-manager.${kind}`, "container");
    await call(`${service}.Update`, { [`${kind}Id`]: id, ...described });
    await bind(service, id, "viewer");
    await call(`${service}.Delete`, { [`${kind}Id`]: id, deleteAfter });
  }

  await call(`${storage}.Delete`, { name });
  await call(`${kms}.Delete`, { keyId });
  await call(`${accounts}.Delete`, { serviceAccountId: accountId });
  return finished;
}
