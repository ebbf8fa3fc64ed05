import { readFileSync } from "node:fs";
import type { Session } from "@yandex-cloud/nodejs-sdk";

/** How to reach the cloud: what the provider is given, by configuration or environment. */
export interface Connection {
  /** Host and port of the API; the public one where it is absent. */
  readonly endpoint?: string;
  /** Host of Object Storage, with a scheme unless it is HTTPS; the public one where it is absent. */
  readonly storageEndpoint?: string;
  /** IAM token, or OAuth token. */
  readonly token?: string;
  /** Authorized key of a service account: a file, or its contents. */
  readonly serviceAccountKeyFile?: string;
}

/** Whether there are credentials of a kind that this client can use. */
export const canConnect = ({ token, serviceAccountKeyFile }: Connection): boolean =>
  Boolean(token || serviceAccountKeyFile);

/** A session of the vendor's SDK, which trusts the certificates that the provider trusts. */
export async function sessionOf(connection: Connection): Promise<Session> {
  // Loaded when needed: half a second that a preview does not have to spend.
  const { Session } = await import("@yandex-cloud/nodejs-sdk");
  // Go reads this variable, Node does not.
  const file = process.env.SSL_CERT_FILE;
  return new Session({
    ...credentials(connection),
    ssl: file ? { rootCerts: readFileSync(file) } : undefined,
  });
}

function credentials({ token, serviceAccountKeyFile }: Connection) {
  // The provider's order: https://yandex.cloud/en/docs/terraform/authentication
  if (serviceAccountKeyFile) {
    const text = serviceAccountKeyFile.trimStart().startsWith("{")
      ? serviceAccountKeyFile
      : readFileSync(serviceAccountKeyFile, "utf8");
    const { id, service_account_id, private_key } = JSON.parse(text);
    return {
      serviceAccountJson: { accessKeyId: id, serviceAccountId: service_account_id, privateKey: private_key },
    };
  }
  return /^t1\.[^.]*\.[^.]*$/.test(token ?? "") ? { iamToken: token ?? "" } : { oauthToken: token ?? "" };
}

/**
 * The address of a service, if it is not the public cloud's.
 *
 * @param id The service's id in the list of endpoints, such as `audittrails`.
 */
export async function addressOf(
  id: string,
  session: Session,
  { endpoint }: Connection,
): Promise<string | undefined> {
  if (!endpoint) return undefined;
  const { ApiEndpointServiceClient } = await import("@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service");
  const { endpoints } = await session
    .client(ApiEndpointServiceClient, endpoint)
    .list({ pageSize: 100, pageToken: "" });
  return endpoints.find((service) => service.id === id)?.address;
}
