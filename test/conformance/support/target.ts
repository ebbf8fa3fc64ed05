import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import type { ChannelCredentials, Client, ServiceDefinition } from "@grpc/grpc-js";
import { Session } from "@yandex-cloud/nodejs-sdk";
import { AccessKeyServiceClient } from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service";
import { ServiceAccount } from "@yandex-cloud/nodejs-sdk/iam-v1/service_account";
import {
  CreateServiceAccountRequest,
  ServiceAccountServiceClient,
} from "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service";
import type { Operation } from "@yandex-cloud/nodejs-sdk/operation/operation";
import { OperationServiceClient } from "@yandex-cloud/nodejs-sdk/operation/operation_service";
import { FolderServiceClient } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { type Emulator, startEmulator } from "../../../emulator";

/** Opt-in for tests against the real cloud, written in full. */
const optIn = "real-cloud-in-a-throwaway-folder";

interface Codec<Message> {
  decode(bytes: Uint8Array): Message;
}

/** Clients of the vendor's SDK, by service. */
interface ClientOf<S extends ServiceDefinition> {
  readonly service: S;
  new (address: string, credentials: ChannelCredentials): Client;
}

/** An empty message. */
export const empty = ["google.protobuf.Empty", { decode: () => ({}) }] as const;

/** A message that the SDK has no code for: of this type, or of any. */
export const any = (type = "") => [type, { decode: () => undefined }] as const;

/** Opens the cloud before all tests of a file, and leaves it as it was after them. */
export function useTarget(): () => Target {
  let target: Target;
  beforeAll(async () => {
    target = await Target.open();
  });
  afterAll(() => target[Symbol.asyncDispose]());
  return () => target;
}

/** The cloud that the suites run against, seen through its public clients only. */
export class Target implements AsyncDisposable {
  private readonly cleanups: (() => Promise<unknown>)[] = [];

  private constructor(
    private readonly session: Session,
    readonly folderId: string,
    /** Address of Object Storage. */
    private readonly storage: string,
    /** For the local cloud, which has one address for everything. */
    private readonly endpoint?: string,
    private readonly emulator?: Emulator,
  ) {}

  /**
   * The local cloud; or the real one where `CONFORMANCE` says so, with `CONFORMANCE_TOKEN`, an IAM token, and
   * `CONFORMANCE_FOLDER_ID`, a folder in which everything may be created and deleted.
   */
  static async open(): Promise<Target> {
    const { CONFORMANCE: wish, CONFORMANCE_TOKEN: token, CONFORMANCE_FOLDER_ID: folderId } = process.env;
    if (wish === undefined) return Target.openLocal(await startEmulator());
    if (wish !== optIn || !token || !folderId)
      throw new Error(
        `Set CONFORMANCE to ${optIn}, CONFORMANCE_TOKEN and CONFORMANCE_FOLDER_ID, or none of them.`,
      );
    return new Target(new Session({ iamToken: token }), folderId, "https://storage.yandexcloud.net");
  }

  private static openLocal(emulator: Emulator): Target {
    // What a run against the real cloud needs too.
    const { access, cloudId, folderId, deployer } = emulator.cloud;
    access.add(folderId, { roleId: "admin", subject: deployer });
    access.add(cloudId, { roleId: "resource-manager.editor", subject: deployer });
    const session = new Session({
      iamToken: emulator.issueToken(),
      ssl: { rootCerts: readFileSync(emulator.caFile) },
    });
    return new Target(session, folderId, emulator.storageProxy, emulator.endpoint, emulator);
  }

  /** A client of one service, the vendor's own. */
  client<S extends ServiceDefinition>(service: ClientOf<S>) {
    return this.session.client(service, this.endpoint);
  }

  /** A name that nobody else has. */
  name(prefix: string): string {
    return `${prefix}-${randomBytes(5).toString("hex")}`;
  }

  /** Id of the folder's cloud. */
  async cloudId(): Promise<string> {
    return (await this.client(FolderServiceClient).get({ folderId: this.folderId })).cloudId;
  }

  /** Registers work for the end of the test, also of a failed one. The last one runs first. */
  atEnd(cleanup: () => Promise<unknown>): void {
    this.cleanups.push(cleanup);
  }

  /**
   * Waits for an operation, at most five minutes.
   *
   * @returns what it says of its work, and the result.
   * @throws {Error} with the operation's own error, or if a message is of another type than expected.
   */
  async finished<M, R>(
    operation: Operation,
    metadata: readonly [type: string, codec: Codec<M>],
    response: readonly [type: string, codec: Codec<R>],
  ): Promise<{ metadata: M; response: R }> {
    const operations = this.client(OperationServiceClient);
    const bound = Date.now() + 300_000;
    let current = operation;
    while (!current.done) {
      if (Date.now() > bound) throw new Error(`Operation ${current.id} is not done after five minutes`);
      current = await operations.get({ operationId: current.id });
      if (!current.done) await pause(500);
    }
    if (current.error) throw new Error(`${current.error.code}: ${current.error.message}`);
    return { metadata: unpacked(current.metadata, metadata), response: unpacked(current.response, response) };
  }

  /** A new service account with roles on the folder. @returns its id. */
  async serviceAccount(prefix: string, ...roles: readonly string[]): Promise<string> {
    const accounts = this.client(ServiceAccountServiceClient);
    const request = { folderId: this.folderId, name: this.name(prefix) };
    const { response } = await this.finished(
      await accounts.create(CreateServiceAccountRequest.fromPartial(request)),
      any(),
      ["yandex.cloud.iam.v1.ServiceAccount", ServiceAccount],
    );
    this.atEnd(() => accounts.delete({ serviceAccountId: response.id }));
    for (const role of roles) await this.bind(1, role, response.id);
    return response.id;
  }

  /** Adds (1) a role on the folder for a service account, or takes it back (2). */
  async bind(action: number, roleId: string, serviceAccountId: string): Promise<void> {
    const accessBinding = { roleId, subject: { id: serviceAccountId, type: "serviceAccount" } };
    const operation = await this.client(FolderServiceClient).updateAccessBindings({
      resourceId: this.folderId,
      accessBindingDeltas: [{ action, accessBinding }],
    });
    const metadata = any("yandex.cloud.access.UpdateAccessBindingsMetadata");
    await this.finished(operation, metadata, any("yandex.cloud.access.AccessBindingsOperationResult"));
  }

  /** The official client of S3, for a service account with this static key. */
  async s3(serviceAccountId: string): Promise<S3Client> {
    const { accessKey, secret } = await this.client(AccessKeyServiceClient).create({
      serviceAccountId,
      description: "conformance",
    });
    return new S3Client({
      endpoint: this.storage,
      region: "ru-central1",
      forcePathStyle: true,
      credentials: { accessKeyId: accessKey?.keyId ?? "", secretAccessKey: secret },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) await cleanup().catch(() => {});
    await this.emulator?.close();
  }
}

function unpacked<T>(any: Operation["metadata"], [type, codec]: readonly [string, Codec<T>]): T {
  const expected = `type.googleapis.com/${type}`;
  if (type && any?.typeUrl !== expected) throw new Error(`Expected ${expected}, got ${any?.typeUrl}`);
  return codec.decode(any?.value ?? new Uint8Array());
}
