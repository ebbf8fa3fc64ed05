import { randomUUID } from "node:crypto";
import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
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
import { operationService } from "./operations";
import { roleService } from "./roles";
import { type Method, operationMessage, pending, type Service } from "./service";
import { serviceAccountService } from "./serviceAccounts";
import { symmetricCryptoService } from "./symmetricCrypto";
import { symmetricKeyService } from "./symmetricKeys";
import { trailService } from "./trails";

/** Clients look addresses up before they have a token. */
const anonymousMethods = new Set([
  "/yandex.cloud.endpoint.ApiEndpointService/Get",
  "/yandex.cloud.endpoint.ApiEndpointService/List",
  "/yandex.cloud.iam.v1.IamTokenService/Create",
]);

/** The gRPC front: TLS on loopback. */
export class GrpcServer {
  private readonly server = new Server({ "grpc.max_receive_message_length": 4 << 20 });
  private port = 0;

  constructor(private readonly cloud: Cloud) {
    const services = [
      apiEndpointService(() => this.address),
      operationService(cloud),
      symmetricKeyService(cloud),
      symmetricCryptoService(cloud),
      serviceAccountService(cloud),
      accessKeyService(cloud),
      keyService(cloud),
      iamTokenService(cloud),
      roleService(),
      organizationService(cloud),
      cloudService(cloud),
      folderService(cloud),
      bucketService(cloud),
      trailService(cloud),
    ];
    for (const service of services) this.server.addService(service.definition, this.implement(service));
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

  private implement({ definition, methods }: Service): UntypedServiceImplementation {
    const handlers = Object.entries(methods).map(([name, method]) => {
      const path = definition[name]?.path ?? "";
      return [name, this.handler(path, method)] as const;
    });
    return Object.fromEntries(handlers);
  }

  private handler(path: string, method: Method): handleUnaryCall<unknown, unknown> {
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
        await this.cloud.faults.meet(path, incoming.request);
        const earlier = this.cloud.operations.repeated(call);
        const answer = earlier ? operationMessage(earlier) : method(call, incoming.request);
        this.cloud.store.commit();
        // The library keeps the connection to itself. To clients a lost one is this status.
        if (this.cloud.faults.losesAnswer(path, incoming.request))
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
