import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdminServer } from "./admin/server";
import type { Duration } from "./backend/clock";
import { Cloud, type CloudOptions } from "./backend/cloud";
import type { Subject } from "./backend/iam/access";
import { GrpcServer } from "./grpc/server";
import { findRunning, type Held, hold } from "./holder";
import { storageHost } from "./s3/addressing";
import { S3Server } from "./s3/server";
import { makeCertificate } from "./tls";

export { deployerRoles } from "./backend/cloud";
export { StateFileError } from "./backend/journal";

/** Options for the start of the local cloud. */
export interface EmulatorOptions extends CloudOptions {
  /** Port of the gRPC server. @default 0, any free one */
  readonly grpcPort?: number;
  /** Port of the S3 server. @default 0, any free one */
  readonly s3Port?: number;
  /** Port of the web page and the controls. @default 0, any free one */
  readonly adminPort?: number;
}

/**
 * Starts a local Yandex Cloud on loopback.
 *
 * @throws {Error} if a port is taken.
 * @throws {StateFileError} if the state file is unusable, or another cloud has it open.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { stateFile } = options;
  const held = stateFile === undefined ? undefined : await hold(stateFile);
  const servers: { close(): void }[] = [];
  try {
    const cloud = new Cloud(options);
    const s3 = new S3Server(cloud);
    const grpc = new GrpcServer(cloud, () => `${storageHost}:${s3.port}`);
    const admin = new AdminServer(cloud);
    servers.push(s3, grpc, admin);
    const tls = await makeCertificate();
    const listening = await Promise.allSettled([
      grpc.listen(options.grpcPort ?? 0, tls),
      s3.listen(options.s3Port ?? 0),
      admin.listen(options.adminPort ?? 0),
    ]);
    for (const one of listening) if (one.status === "rejected") throw one.reason;
    return new Emulator(cloud, grpc, s3, admin, tls.certificate, held);
  } catch (error) {
    for (const server of servers) server.close();
    held?.[Symbol.dispose]();
    throw error;
  }
}

/** Addresses of a local cloud in this or another process, for clients. */
export type LocalCloud = Pick<Emulator, "endpoint" | "storageProxy" | "adminUrl" | "providerEnvironment"> & {
  issueToken(): string;
};

/** Finds the local cloud of another process that has a state file open. */
export async function joinEmulator(stateFile: string): Promise<(LocalCloud & { pid: number }) | undefined> {
  const running = await findRunning(stateFile);
  if (!running) return undefined;
  const { environment, ...addresses } = running;
  const { YC_TOKEN = "" } = environment;
  return {
    ...addresses,
    issueToken: () => YC_TOKEN,
    providerEnvironment: (token = YC_TOKEN) => ({ ...environment, YC_TOKEN: token }),
  };
}

/** A running local Yandex Cloud. */
export class Emulator implements AsyncDisposable {
  private readonly folder = mkdtempSync(join(tmpdir(), "yandex-cloud-emulator-"));
  private readonly ticker: NodeJS.Timeout;
  /** File with the certificate that clients must trust, PEM. */
  readonly caFile = join(this.folder, "ca.pem");

  constructor(
    /** The cloud behind the servers: its clock, faults and state. */
    readonly cloud: Cloud,
    private readonly grpc: GrpcServer,
    private readonly s3: S3Server,
    private readonly admin: AdminServer,
    certificate: string,
    private readonly held?: Held,
  ) {
    writeFileSync(this.caFile, certificate);
    const { adminUrl, endpoint, storageProxy } = this;
    // Readers of this file can also read the journal beside it, which has the secret of all tokens.
    const environment = this.providerEnvironment(this.issueToken(cloud.deployer, { hours: 10 * 365 * 24 }));
    held?.announce({ adminUrl, endpoint, storageProxy, environment });
    this.ticker = setInterval(() => cloud.clock.tick(), 1000).unref();
  }

  /** Address of the gRPC API, `host:port`, TLS. */
  get endpoint(): string {
    return this.grpc.address;
  }

  /** Address of Object Storage. Only the proxy knows its name, so clients must use the proxy. */
  get storageEndpoint(): string {
    return `http://${storageHost}:${this.s3.port}`;
  }

  /** Proxy for {@link storageEndpoint}. It also accepts path-style requests to its own address. */
  get storageProxy(): string {
    return `http://127.0.0.1:${this.s3.port}`;
  }

  /** Address of the cloud's web page, and of the controls of its behaviour. */
  get adminUrl(): string {
    return `http://127.0.0.1:${this.admin.port}`;
  }

  /** Issues a token for the deployer, or for another subject. */
  issueToken(subject: Subject = this.cloud.deployer, lifetime?: Duration): string {
    return this.cloud.tokens.issue(subject, lifetime);
  }

  /** Returns the environment that connects the official provider to this cloud. */
  providerEnvironment(token = this.issueToken()): Record<string, string> {
    return {
      YC_ENDPOINT: this.endpoint,
      YC_STORAGE_ENDPOINT_URL: this.storageEndpoint,
      YC_TOKEN: token,
      HTTP_PROXY: this.storageProxy,
      SSL_CERT_FILE: this.caFile,
      // Without it, newer releases contact the vendor at every start.
      YC_TERRAFORM_INITIALIZATION_SILENCE: "true",
    };
  }

  async close(): Promise<void> {
    clearInterval(this.ticker);
    this.grpc.close();
    this.s3.close();
    this.admin.close();
    try {
      this.cloud.store.commit();
    } finally {
      this.held?.[Symbol.dispose]();
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
