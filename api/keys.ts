import type { SymmetricKey } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key";
import { type CloudApi, isNotFound } from "./connection";
import { finished } from "./operations";

/**
 * Reads the status of a KMS key, such as `ACTIVE`.
 *
 * @returns nothing if there is no such key.
 * @throws {ServiceError} if the service does not say, for want of a role for example.
 */
export async function readKeyStatus(keyId: string, cloud: CloudApi): Promise<string | undefined> {
  const { SymmetricKeyServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"
  );
  const { SymmetricKey_Status } = await import("@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key");
  return cloud.call("kms", SymmetricKeyServiceService.get, { keyId }).then(
    ({ status }) => SymmetricKey_Status[status],
    (error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    },
  );
}

/**
 * The keys of a folder.
 *
 * @throws {ServiceError} if the call fails.
 */
export async function listKeys(folderId: string, cloud: CloudApi): Promise<SymmetricKey[]> {
  const { SymmetricKeyServiceService } = await import(
    "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"
  );
  const keys: SymmetricKey[] = [];
  let pageToken = "";
  do {
    const request = { folderId, pageSize: 1000, pageToken };
    const page = await cloud.call("kms", SymmetricKeyServiceService.list, request);
    keys.push(...page.keys);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return keys;
}

/**
 * Has a key deleted, which the service does after 72 hours; its deletion protection is switched off first.
 *
 * @throws {ServiceError} if the service refuses.
 */
export async function deleteKey(keyId: string, cloud: CloudApi): Promise<void> {
  const { DeleteSymmetricKeyRequest, SymmetricKeyServiceService, UpdateSymmetricKeyRequest } = await import(
    "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service"
  );
  const unprotected = UpdateSymmetricKeyRequest.fromPartial({
    keyId,
    updateMask: { paths: ["deletion_protection"] },
    deletionProtection: false,
  });
  await finished(await cloud.call("kms", SymmetricKeyServiceService.update, unprotected), cloud);
  const deletion = DeleteSymmetricKeyRequest.fromPartial({ keyId });
  await finished(await cloud.call("kms", SymmetricKeyServiceService.delete, deletion), cloud);
}
