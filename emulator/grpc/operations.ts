import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { operationMessage, type Service } from "./service";

/** Permissions to read the resource of an operation, by type of resource. */
const readPermissions: Readonly<Record<string, string>> = {
  "audit-trails.trail": "audit-trails.trails.get",
  "iam.serviceAccount": "iam.serviceAccounts.get",
  "kms.symmetricKey": "kms.keys.get",
  "organization-manager.organization": "organization-manager.organizations.get",
  "resource-manager.cloud": "resource-manager.clouds.get",
  "resource-manager.folder": "resource-manager.folders.get",
  "storage.bucket": "storage.buckets.get",
};

interface OfOperation {
  readonly operationId: string;
}

export const operationService = (cloud: Cloud): Service => {
  const get = (call: Call, { operationId }: OfOperation) => {
    const operation = cloud.operations.get(call, operationId, (resourceId) => {
      const permission = readPermissions[cloud.tree.get(resourceId)?.type ?? ""];
      return permission !== undefined && cloud.access.isAllowed(call.subject, permission, resourceId);
    });
    return operationMessage(operation);
  };
  // Only scheduled deletions can be cancelled. The vendor cancels on a best-effort basis: https://yandex.cloud/en/docs/api-design-guide/concepts/operation
  const cancel = (call: Call, request: OfOperation) => {
    cloud.containers.cancelDeletion(call, request.operationId);
    return get(call, request);
  };
  return { name: "yandex.cloud.operation.OperationService", methods: { get, cancel } };
};
