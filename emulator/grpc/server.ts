import { randomUUID } from "node:crypto";
import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Call } from "../backend/calls";
import type { Cloud } from "../backend/cloud";
import { CloudError } from "../backend/errors";
import { masked } from "../backend/iam/tokens";
import { LateFailure } from "../backend/operations";
import { accessKeyService } from "./accessKeys";
import { keyService } from "./authorizedKeys";
import { bucketService } from "./buckets";
import { cloudService, folderService, organizationService } from "./containers";
import { apiEndpointService } from "./endpoints";
import { iamTokenService } from "./iamTokens";
import { decode, encode, serviceOf, unserved } from "./messages";
import { operationService } from "./operations";
import { quotaLimitService } from "./quotas";
import { roleService } from "./roles";
import { type Masked, type Method, operationMessage, pending, type Service } from "./service";
import { serviceAccountService } from "./serviceAccounts";
import { symmetricCryptoService } from "./symmetricCrypto";
import { symmetricKeyService } from "./symmetricKeys";
import { trailService } from "./trails";

/** Methods that need no token: clients look up addresses before they have one. */
const anonymousMethods = new Set([
  "/yandex.cloud.endpoint.ApiEndpointService/Get",
  "/yandex.cloud.endpoint.ApiEndpointService/List",
  "/yandex.cloud.iam.v1.IamTokenService/Create",
]);

interface Received {
  readonly message: object;
  /** Error of an unsupported method. Only authenticated clients get it. */
  readonly refusal?: CloudError;
}

/** Returns the definition of a service with all methods, also unsupported ones. */
function definitionOf({ name }: Service): ServiceDefinition {
  const methods = serviceOf(name).methodsArray.map((method) => {
    const { resolvedRequestType: request, resolvedResponseType: response } = method;
    if (!request || !response) throw new Error(`${name}.${method.name} has unknown messages`);
    const requestDeserialize = (bytes: Buffer): Received => {
      const message: Masked<object> = decode(request, bytes);
      return { message, refusal: unserved(request, bytes, message.updateMask?.paths) };
    };
    const definition = {
      path: `/${name}/${method.name}`,
      requestStream: false,
      responseStream: false,
      requestSerialize: () => Buffer.alloc(0),
      requestDeserialize,
      responseSerialize: (message: object) => encode(response, message),
      responseDeserialize: (bytes: Buffer) => decode(response, bytes),
    };
    return [method.name.charAt(0).toLowerCase() + method.name.slice(1), definition];
  });
  return Object.fromEntries(methods);
}

/** Returns all services. @param address Returns the address of a service. */
export const servicesOf = (cloud: Cloud, address: (id: string) => string): Service[] => [
  apiEndpointService(address),
  operationService(cloud),
  symmetricKeyService(cloud),
  symmetricCryptoService(cloud),
  serviceAccountService(cloud),
  accessKeyService(cloud),
  keyService(cloud),
  iamTokenService(cloud),
  roleService(),
  quotaLimitService(cloud),
  organizationService(cloud),
  cloudService(cloud),
  folderService(cloud),
  bucketService(cloud),
  trailService(cloud),
];

/** The gRPC server: TLS on loopback. */
export class GrpcServer {
  private readonly server = new Server({ "grpc.max_receive_message_length": 4 << 20 });
  private port = 0;

  /** @param storageAddress Host and port of Object Storage. */
  constructor(
    private readonly cloud: Cloud,
    storageAddress: () => string,
  ) {
    const addressOf = (id: string) => (id === "storage" ? storageAddress() : this.address);
    for (const service of servicesOf(cloud, addressOf)) {
      const definition = definitionOf(service);
      this.server.addService(definition, this.implement(definition, service));
    }
  }

  /** Host and port. */
  get address(): string {
    return `localhost:${this.port}`;
  }

  async listen(port: number, tls: { key: string; certificate: string }): Promise<void> {
    const pair = { private_key: Buffer.from(tls.key), cert_chain: Buffer.from(tls.certificate) };
    const credentials = ServerCredentials.createSsl(null, [pair]);
    this.port = await new Promise((resolve, reject) => {
      this.server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
  }

  close(): void {
    this.server.forceShutdown();
  }

  private implement(definition: ServiceDefinition, { methods }: Service): UntypedServiceImplementation {
    const handlers = Object.entries(methods).map(([name, method]) => {
      const path = definition[name]?.path;
      if (!path) throw new Error(`The vendor has no method ${name}`);
      return [name, this.handler(path, method)] as const;
    });
    return Object.fromEntries(handlers);
  }

  private handler(path: string, method: Method): handleUnaryCall<Received, object> {
    return async (incoming, callback) => {
      const requestId = randomUUID();
      const end = this.cloud.traffic.begin(path.slice(1));
      const header = new Metadata();
      header.set("x-request-id", requestId);
      header.set("x-server-trace-id", requestId);
      if (path.endsWith("OperationService/Get"))
        header.set("x-operation-poll-interval", this.cloud.operations.pollInterval);
      incoming.sendMetadata(header);
      try {
        const call = this.identify(path, incoming.metadata, incoming.getPeer(), requestId);
        const { message, refusal } = incoming.request;
        if (refusal) throw refusal;
        await this.cloud.faults.meet(path, message);
        const earlier = this.cloud.operations.repeated(call);
        const answer = earlier ? operationMessage(earlier) : method(call, message);
        this.cloud.store.commit();
        // The library does not expose the connection. Clients see a lost one as this status.
        if (this.cloud.faults.losesAnswer(path, message))
          callback({ code: status.UNAVAILABLE, details: "Connection dropped" });
        else callback(null, answer);
      } catch (error) {
        const late = error instanceof LateFailure ? pending(error.operation) : undefined;
        this.cloud.store.commit();
        if (late) callback(null, late);
        else callback(this.statusOf(error));
      } finally {
        end();
      }
    };
  }

  private identify(path: string, metadata: Metadata, peer: string, requestId: string): Call {
    const header = (name: string) => metadata.get(name)[0]?.toString();
    const token = /^Bearer (.+)$/i.exec(header("authorization") ?? "")?.[1];
    const anonymous = anonymousMethods.has(path);
    return {
      method: path,
      subject: anonymous ? { type: "system", id: "anonymous" } : this.cloud.tokens.verify(token),
      requestId,
      userAgent: header("user-agent") ?? "",
      remoteAddress: peer.replace(/:\d+$/, ""),
      maskedToken: masked(token ?? ""),
      idempotencyKey: header("idempotency-key"),
    };
  }

  private statusOf(error: unknown): Partial<ServiceError> {
    if (error instanceof CloudError) {
      const isDescribed = this.cloud.switches.errorTexts === "described";
      return { code: status[error.code], details: isDescribed ? error.message : error.code };
    }
    console.error(error);
    return { code: status.INTERNAL, details: "Internal error" };
  }
}
