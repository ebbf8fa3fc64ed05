import type { SecureContext } from "node:tls";
import { Client, type ClientOptions, credentials, Metadata, type MethodDefinition } from "@grpc/grpc-js";
import { afterPauses } from "./attempts";
import { type Credentials, tokenSource } from "./credentials";
import { CloudFailure } from "./failures";
import { proxyFor } from "./proxy";
import { trustedCertificates } from "./trust";

/** How to reach the cloud: what the provider is given, by configuration or environment. */
export interface Connection extends Credentials {
  /** Host and port of the API; the public one where it is absent. */
  readonly endpoint?: string;
  /** Host of Object Storage, with a scheme unless it is HTTPS; the public one where it is absent. */
  readonly storageEndpoint?: string;
  /** Profile of the vendor's CLI that the credentials are of; absent for the provider's own. */
  readonly profileName?: string;
}

/** A method of a service, as the vendor's SDK describes it. */
export type Method<Request, Response> = Pick<
  MethodDefinition<Request, Response>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

/** The cloud's API as seen over one connection. */
export interface CloudApi {
  /**
   * Calls a method of the API.
   *
   * @param service Id under which the endpoint names the address of the method's service, such as `audittrails`.
   * @param onHeader Is told what the service says before it answers, such as the request's id.
   * @throws {ServiceError} with the status as its `code`, if the call fails.
   */
  call<Request, Response>(
    service: string,
    method: Method<Request, Response>,
    request: Request,
    onHeader?: (header: Metadata) => void,
  ): Promise<Response>;
  /** An IAM token that is good for some minutes at least. */
  token(): Promise<string>;
  /** Host and port at which the endpoint says that a service is; nothing for a service that it does not name. */
  addressOf(service: string): string | undefined;
  /** Address of Object Storage, with a scheme. */
  readonly storageEndpoint: string;
  /** The certificates that are trusted. */
  readonly secureContext: SecureContext;
}

/** Host and port of the API of the public cloud. */
export const publicEndpoint = "api.cloud.yandex.net:443";
// Not the one that the endpoint names: a bucket is looked for where the provider makes it.
const publicStorage = "storage.yandexcloud.net";
/** Milliseconds for one call. */
const patience = 30_000;

const opened = new Map<string, Promise<CloudApi>>();

/** Looks the addresses of the services up, once for all that ask with the same connection. */
export function openCloud(connection: Connection): Promise<CloudApi> {
  const key = JSON.stringify(connection);
  const known = opened.get(key);
  if (known) return known;
  const opening = open(connection);
  opened.set(key, opening);
  opening.catch(() => opened.delete(key));
  return opening;
}

/** Returns the address of Object Storage, with a scheme. @throws {CloudFailure} if it is none. */
export function storageAddressOf({ storageEndpoint = publicStorage }: Connection): string {
  const address = storageEndpoint.includes("://") ? storageEndpoint : `https://${storageEndpoint}`;
  if (!URL.canParse(address))
    throw new CloudFailure(`YC_STORAGE_ENDPOINT_URL is no address: ${storageEndpoint}`);
  return address;
}

async function open(connection: Connection): Promise<CloudApi> {
  const { endpoint = publicEndpoint } = connection;
  // Loaded when needed: the time is not a preview's to spend.
  const [{ ApiEndpointServiceService }, { CreateIamTokenRequest, IamTokenServiceService }] =
    await Promise.all([
      import("@yandex-cloud/nodejs-sdk/endpoint/api_endpoint_service"),
      import("@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service"),
    ]);
  const storageUrl = storageAddressOf(connection);
  const secureContext = trustedCertificates();
  const clientFor = clients(secureContext);
  const client = clientFor(endpoint);
  const page = { pageSize: 100, pageToken: "" };
  const { endpoints } = await afterPauses(() =>
    unary(client, ApiEndpointServiceService.list, page, new Metadata()),
  ).catch((error: unknown) => {
    // It would go on trying to connect.
    client.close();
    throw error;
  });
  const addresses = new Map(endpoints.map(({ id, address }) => [id, address]));
  const clientOf = (service: string): Client => {
    const address = addresses.get(service);
    if (!address) throw new CloudFailure(`The endpoint ${endpoint} has no service ${service}`);
    return clientFor(address);
  };
  const token = tokenSource(connection, (exchanged) =>
    afterPauses(() =>
      unary(
        clientOf("iam"),
        IamTokenServiceService.create,
        CreateIamTokenRequest.fromPartial(exchanged),
        new Metadata(),
      ),
    ),
  );
  return {
    token,
    async call(service, method, request, onHeader) {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${await token()}`);
      return unary(clientOf(service), method, request, metadata, onHeader);
    },
    addressOf: (service) => addresses.get(service),
    storageEndpoint: storageUrl,
    secureContext,
  };
}

/** One client for each address, since most services share one. */
function clients(secureContext: SecureContext): (address: string) => Client {
  const known = new Map<string, Client>();
  return (address) => {
    const client = known.get(address) ?? newClient(address, secureContext);
    known.set(address, client);
    return client;
  };
}

function newClient(address: string, secureContext: SecureContext): Client {
  const channel = credentials.createFromSecureContext(secureContext);
  const proxy = proxyFor(`https://${address}`);
  // By itself the library sends what is for HTTPS to the proxy for HTTP too, and reads the variables in lower case alone.
  if (!proxy) return new Client(address, channel, { "grpc.enable_http_proxy": 0 });
  if (proxy.protocol !== "http:")
    throw new CloudFailure(
      `The proxy ${proxy.host} is one of ${proxy.protocol}, gRPC goes through one of http: alone`,
    );
  const { hostname, port, username, password } = proxy;
  const login = [username, password].filter(Boolean).map(decodeURIComponent).join(":");
  return new Client(`${hostname}:${port || 80}`, channel, {
    "grpc.enable_http_proxy": 0,
    "grpc.default_authority": address,
    "grpc.http_connect_target": `dns:${address}`,
    ...(login && { "grpc.http_connect_creds": login }),
  } as ClientOptions);
}

function unary<Request, Response>(
  client: Client,
  { path, requestSerialize, responseDeserialize }: Method<Request, Response>,
  request: Request,
  metadata: Metadata,
  onHeader?: (header: Metadata) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let header: Metadata | undefined;
    const call = client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      metadata,
      { deadline: Date.now() + patience },
      (error, response) => {
        // The request's id comes before the answer, and would be lost with it.
        if (error && header) error.metadata.merge(header);
        return error ? reject(error) : resolve(response as Response);
      },
    );
    call.on("metadata", (received: Metadata) => {
      header = received;
      onHeader?.(received);
    });
  });
}
