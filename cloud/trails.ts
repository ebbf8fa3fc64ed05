import { readFileSync } from "node:fs";
import type { Session } from "@yandex-cloud/nodejs-sdk";

/** How to reach the cloud: what the provider is given, by configuration or environment. */
export interface Connection {
  /** Host and port of the API; the public one where it is absent. */
  readonly endpoint?: string;
  /** IAM token, or OAuth token. */
  readonly token?: string;
  /** Authorized key of a service account: a file, or its contents. */
  readonly serviceAccountKeyFile?: string;
}

/** What the provider does not show of a trail. */
export interface TrailState {
  readonly status: "ACTIVE" | "ERROR" | "DELETED" | "STATUS_UNSPECIFIED";
  /** The service's own words for status ERROR; empty otherwise. */
  readonly statusErrorMessage: string;
}

/** Whether there are credentials of a kind that this client can use. */
export const canConnect = ({ token, serviceAccountKeyFile }: Connection): boolean =>
  Boolean(token || serviceAccountKeyFile);

/**
 * Reads a trail through the API. The token is taken at run time and kept nowhere.
 *
 * @throws {Error} if the call fails; its message holds no credentials.
 */
export async function readTrail(trailId: string, connection: Connection): Promise<TrailState> {
  // Loaded when needed: half a second that a preview does not have to spend.
  const { Session } = await import("@yandex-cloud/nodejs-sdk");
  const { TrailServiceClient } = await import("@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service");
  const { Trail } = await import("@yandex-cloud/nodejs-sdk/audittrails-v1/trail");
  const session = new Session({ ...credentials(connection), ssl: trust() });
  const client = session.client(TrailServiceClient, await trailEndpoint(session, connection));
  return Trail.toJSON(await client.get({ trailId })) as TrailState;
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

/** The certificates that the provider trusts too: Go reads this variable, Node does not. */
function trust(): { rootCerts: Buffer } | undefined {
  const file = process.env.SSL_CERT_FILE;
  return file ? { rootCerts: readFileSync(file) } : undefined;
}

/** The address of Audit Trails, if it is not the public cloud's. */
async function trailEndpoint(session: Session, { endpoint }: Connection): Promise<string | undefined> {
  if (!endpoint) return undefined;
  const { ApiEndpointServiceClient } = await import("@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service");
  const { endpoints } = await session
    .client(ApiEndpointServiceClient, endpoint)
    .list({ pageSize: 100, pageToken: "" });
  return endpoints.find(({ id }) => id === "audittrails")?.address;
}
