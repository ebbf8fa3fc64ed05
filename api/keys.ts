import { type CloudApi, isNotFound } from "./connection";

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
