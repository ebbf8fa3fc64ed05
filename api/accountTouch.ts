import type { CloudApi } from "./connection";

/** A call that was made, for its record in the audit log. */
export interface Touch {
  /** Id of the request, if the service says it. */
  readonly requestId?: string;
  /** When it was made, by the service's clock. */
  readonly at?: Date;
}

/** The type of event that {@link touchServiceAccount} causes. */
export const touchEvent = "yandex.cloud.audit.iam.UpdateServiceAccount";

/**
 * Sets the description of a service account to what it is: a management event that changes nothing.
 *
 * @throws {ServiceError} if the call fails, for want of a role for example.
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
