import type { CloudApi } from "./connection";

/** Call that leaves a record in the audit log. */
export interface Touch {
  /** Id of the request; absent if the service does not return one. */
  readonly requestId?: string;
  /** Time of the call, by the service's clock. */
  readonly at?: Date;
}

/** Type of the event that {@link touchServiceAccount} causes. */
export const touchEvent = "yandex.cloud.audit.iam.UpdateServiceAccount";

/**
 * Sets the description of a service account to its present value: a management event that changes nothing.
 *
 * @throws {ServiceError} if the call fails, for example because a role is missing.
 */
export async function touchServiceAccount(
  { id: serviceAccountId, description }: { readonly id: string; readonly description: string },
  cloud: CloudApi,
): Promise<Touch> {
  const { ServiceAccountServiceService, UpdateServiceAccountRequest } = await import(
    "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service"
  );
  const updateMask = { paths: ["description"] };
  const request = UpdateServiceAccountRequest.fromPartial({ serviceAccountId, description, updateMask });
  let requestId: string | undefined;
  const { createdAt: at } = await cloud.call(
    "iam",
    ServiceAccountServiceService.update,
    request,
    (header) => {
      requestId = header.get("x-request-id")[0]?.toString();
    },
  );
  return { requestId, at };
}
