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

/** The cloud's API as seen over one session. */
export interface CloudApi {
  readonly session: Session;
  /** The address of a service by its id, such as `audittrails`; nothing for the public cloud, which the SDK knows. */
  addressOf(id: string): string | undefined;
}

const opened = new Map<string, Promise<CloudApi>>();

/** Opens a session and looks the addresses of the services up, once for all that ask with the same connection. */
export function openCloud(connection: Connection): Promise<CloudApi> {
  const key = JSON.stringify(connection);
  const known = opened.get(key);
  if (known) return known;
  const opening = open(connection);
  opened.set(key, opening);
  opening.catch(() => opened.delete(key));
  return opening;
}

async function open(connection: Connection): Promise<CloudApi> {
  const session = await sessionOf(connection);
  if (!connection.endpoint) return { session, addressOf: () => undefined };
  const { ApiEndpointServiceClient } = await import("@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service");
  const { endpoints } = await session
    .client(ApiEndpointServiceClient, connection.endpoint)
    .list({ pageSize: 100, pageToken: "" });
  const addresses = new Map(endpoints.map(({ id, address }) => [id, address]));
  return { session, addressOf: (id) => addresses.get(id) };
}

/** Whether a call failed for want of what it names. The SDK's errors carry the status in their text alone. */
export const isNotFound = (error: Error): boolean => error.message.includes("NOT_FOUND");
