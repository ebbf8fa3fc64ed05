import type { SecureContext } from "node:tls";
import { Client, type ClientOptions, credentials, Metadata, type MethodDefinition } from "@grpc/grpc-js";
import { afterPauses } from "./attempts";
import { type Credentials, tokenSource } from "./credentials";
import { CloudFailure } from "./failures";
import { proxyFor } from "./proxy";
import { trustedCertificates } from "./trust";

/** Settings of the connection to the cloud, as the provider takes them from configuration or environment. */
export interface Connection extends Credentials {
  /** Host and port of the API. Default: the public API. */
  readonly endpoint?: string;
  /** Host of Object Storage, with a scheme unless it is HTTPS. Default: the public service. */
  readonly storageEndpoint?: string;
  /** Profile of the vendor's CLI from which the credentials come; absent if they are the provider's own. */
  readonly profileName?: string;
}

/** A method of a service, as the vendor's SDK describes it. */
export type Method<Request, Response> = Pick<
  MethodDefinition<Request, Response>,
  "path" | "requestSerialize" | "responseDeserialize"
>;

/** API of the cloud over one connection. */
export interface CloudApi {
  /**
   * Calls a method of the API.
   *
   * @param service Id of the service in the list of API endpoints, such as `audittrails`.
   * @param onHeader Receives the metadata that the service sends before its answer, such as the id of the request.
   * @throws {ServiceError} with the status as its `code`, if the call fails.
   */
  call<Request, Response>(
    service: string,
    method: Method<Request, Response>,
    request: Request,
    onHeader?: (header: Metadata) => void,
  ): Promise<Response>;
  /** Returns an IAM token that is valid for at least some minutes. */
  token(): Promise<string>;
  /**
   * Returns host and port of a service from the list of API endpoints; undefined if the list does not contain the
   * service.
   */
  addressOf(service: string): string | undefined;
  /** Address of Object Storage, with a scheme. */
  readonly storageEndpoint: string;
  /** Certificates that connections trust. */
  readonly secureContext: SecureContext;
}

/** Host and port of the public API. */
export const publicEndpoint = "api.cloud.yandex.net:443";
// Not the address from the list of endpoints: the provider creates buckets at this address, so they are searched here.
const publicStorage = "storage.yandexcloud.net";
/** Timeout of one call, in milliseconds. */
const patience = 30_000;

const opened = new Map<string, Promise<CloudApi>>();

/** Opens a connection and reads the addresses of the services, once for all callers with the same connection. */
export function openCloud(connection: Connection): Promise<CloudApi> {
  const key = JSON.stringify(connection);
  const known = opened.get(key);
  if (known) return known;
  const opening = open(connection);
  opened.set(key, opening);
  opening.catch(() => opened.delete(key));
  return opening;
}

/** Returns the address of Object Storage, with a scheme. @throws {CloudFailure} if it is not a valid address. */
export function storageAddressOf({ storageEndpoint = publicStorage }: Connection): string {
  const address = storageEndpoint.includes("://") ? storageEndpoint : `https://${storageEndpoint}`;
  if (!URL.canParse(address))
    throw new CloudFailure(`YC_STORAGE_ENDPOINT_URL is not a valid address: ${storageEndpoint}`);
  return address;
}

async function open(connection: Connection): Promise<CloudApi> {
  const { endpoint = publicEndpoint } = connection;
  // Loaded on demand: a preview that needs no connection should not spend the time.
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
    // An open client would continue to connect.
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

/** Returns a function that opens one client for each address, since most services share one address. */
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
  // By default the library uses the HTTPS proxy for HTTP too, and reads only the lower-case variables.
  if (!proxy) return new Client(address, channel, { "grpc.enable_http_proxy": 0 });
  if (proxy.protocol !== "http:")
    throw new CloudFailure(
      `The proxy ${proxy.host} has the protocol ${proxy.protocol}, but gRPC supports only http: for proxies`,
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
        // The id of the request arrives before the answer. Without this line it would be lost.
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
