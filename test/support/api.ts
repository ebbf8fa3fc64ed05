import { readFileSync } from "node:fs";
import {
  Client,
  credentials,
  Metadata,
  type ServiceDefinition,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { TrailServiceService } from "@yandex-cloud/nodejs-sdk/audittrails-v1/trail_service";
import { AccessKeyServiceService } from "@yandex-cloud/nodejs-sdk/iam-v1/awscompatibility/access_key_service";
import { IamTokenServiceService } from "@yandex-cloud/nodejs-sdk/iam-v1/iam_token_service";
import { KeyServiceService } from "@yandex-cloud/nodejs-sdk/iam-v1/key_service";
import { ServiceAccountServiceService } from "@yandex-cloud/nodejs-sdk/iam-v1/service_account_service";
import { SymmetricCryptoServiceService } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_crypto_service";
import { SymmetricKeyServiceService } from "@yandex-cloud/nodejs-sdk/kms-v1/symmetric_key_service";
import { OperationServiceService } from "@yandex-cloud/nodejs-sdk/operation/operation_service";
import { OrganizationServiceService } from "@yandex-cloud/nodejs-sdk/organizationmanager-v1/organization_service";
import { CloudServiceService } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/cloud_service";
import { FolderServiceService } from "@yandex-cloud/nodejs-sdk/resourcemanager-v1/folder_service";
import { BucketServiceService } from "@yandex-cloud/nodejs-sdk/storage-v1/bucket_service";
import type { Emulator } from "../../emulator";
import { decode, encode, serviceOf } from "../../emulator/grpc/messages";

/** The services that the Node SDK has, by their names in tests. */
export const services = {
  accessKeys: AccessKeyServiceService,
  authorizedKeys: KeyServiceService,
  iamTokens: IamTokenServiceService,
  buckets: BucketServiceService,
  crypto: SymmetricCryptoServiceService,
  clouds: CloudServiceService,
  folders: FolderServiceService,
  keys: SymmetricKeyServiceService,
  operations: OperationServiceService,
  organizations: OrganizationServiceService,
  serviceAccounts: ServiceAccountServiceService,
  trails: TrailServiceService,
} as const satisfies Record<string, ServiceDefinition>;

// biome-ignore lint/suspicious/noExplicitAny: answers of many methods
type Answer = any;

/** A gRPC client of the cloud that knows nothing of its inside. */
export class Api implements Disposable {
  private readonly client: Client;

  constructor(
    private readonly emulator: Emulator,
    private readonly token: string | undefined = emulator.issueToken(),
  ) {
    this.client = new Client(emulator.endpoint, credentials.createSsl(readFileSync(emulator.caFile)));
  }

  /** @throws the gRPC error, whose `code` is a number of grpc-js' `status`. */
  call(
    service: keyof typeof services,
    method: string,
    request: object,
    headers: object = {},
  ): Promise<Answer> {
    const definition = (services[service] as ServiceDefinition)[method];
    if (!definition) throw new Error(`${service} has no method ${method}`);
    const metadata = new Metadata();
    if (this.token) metadata.set("authorization", `Bearer ${this.token}`);
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const { path, requestSerialize, responseDeserialize } = definition;
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        metadata,
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
    });
  }

  /**
   * A call by the vendor's newest messages, which the Node SDK does not know all of.
   *
   * @param method Full name, such as `yandex.cloud.kms.v1.SymmetricKeyService.Rotate`.
   */
  callNewest(method: string, request: object): Promise<Answer> {
    const [service = "", name = ""] = [method.slice(0, method.lastIndexOf(".")), method.split(".").at(-1)];
    const { resolvedRequestType, resolvedResponseType } = serviceOf(service).methods[name] ?? {};
    if (!resolvedRequestType || !resolvedResponseType) throw new Error(`There is no method ${method}`);
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${this.token}`);
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        `/${service}/${name}`,
        (message: object) => encode(resolvedRequestType, message),
        (bytes: Buffer) => decode(resolvedResponseType, bytes),
        request,
        metadata,
        (error, answer) => (error ? reject(error) : resolve(answer)),
      );
    });
  }

  /** The name of the code with which bytes are answered as they are. */
  statusOf(path: string, bytes: Buffer): Promise<string | undefined> {
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${this.token}`);
    const asTheyAre = (message: Buffer) => message;
    return new Promise((resolve) => {
      this.client.makeUnaryRequest(path, asTheyAre, asTheyAre, bytes, metadata, (error) =>
        resolve(error ? status[error.code] : "OK"),
      );
    });
  }

  /** The name of the code with which a call is refused; `OK` if it is not. */
  async codeOf(service: keyof typeof services, method: string, request: object): Promise<string | undefined> {
    return this.call(service, method, request).then(
      () => "OK",
      (error: ServiceError) => status[error.code],
    );
  }

  /** Creates a key in the emulator's folder. @returns its id. */
  async createKey(name: string): Promise<string> {
    const { cloud } = this.emulator;
    await this.call("keys", "create", keyRequest(cloud.folderId, name));
    return (
      cloud.tree.all().find((resource) => resource.type === "kms.symmetricKey" && resource.name === name)
        ?.id ?? ""
    );
  }

  /** Creates a service account in the emulator's folder. @returns its id. */
  async createServiceAccount(name: string): Promise<string> {
    const { cloud } = this.emulator;
    await this.call("serviceAccounts", "create", {
      folderId: cloud.folderId,
      name,
      description: "",
      labels: {},
    });
    return (
      cloud.tree.all().find((resource) => resource.type === "iam.serviceAccount" && resource.name === name)
        ?.id ?? ""
    );
  }

  /** Grants (1) or takes back (2) a role. */
  bind(
    on: "organizations" | "folders" | "keys" | "buckets",
    resourceId: string,
    roleId: string,
    accountId: string,
    action = 1,
  ) {
    const subject = { type: "serviceAccount", id: accountId };
    return this.call(on, "updateAccessBindings", {
      resourceId,
      accessBindingDeltas: [{ action, accessBinding: { roleId, subject } }],
    });
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

export const keyRequest = (folderId: string, name: string) => ({
  folderId,
  name,
  description: "",
  labels: {},
  defaultAlgorithm: 0,
  deletionProtection: false,
});

export const bucketRequest = (folderId: string, name: string) => ({
  folderId,
  name,
  defaultStorageClass: "",
  maxSize: 0,
  tags: [],
});

export const trailRequest = (
  emulator: Emulator,
  bucketId: string,
  serviceAccountId: string,
  objectPrefix = "",
) => ({
  folderId: emulator.cloud.folderId,
  name: "trail",
  description: "",
  labels: {},
  serviceAccountId,
  destination: { objectStorage: { bucketId, objectPrefix } },
  filteringPolicy: {
    managementEventsFilter: {
      resourceScopes: [{ id: emulator.cloud.organizationId, type: "organization-manager.organization" }],
    },
    dataEventsFilters: [],
  },
});

/** Creates the guide's set-up through the API. */
export async function setUpTrail(emulator: Emulator, api: Api, objectPrefix = "") {
  const { organizationId, folderId } = emulator.cloud;
  const bucket = "audit-logs";
  const keyId = await api.createKey("key");
  await api.call("buckets", "create", bucketRequest(folderId, bucket));
  const encryption =
    '<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>' +
    `<ApplyServerSideEncryptionByDefault><KMSMasterKeyID>${keyId}</KMSMasterKeyID><SSEAlgorithm>aws:kms</SSEAlgorithm>` +
    "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>";
  await s3(emulator, "PUT", `/${bucket}?encryption=`, { body: encryption });
  const accountId = await api.createServiceAccount("account");
  await api.bind("organizations", organizationId, "audit-trails.viewer", accountId);
  await api.bind("folders", folderId, "storage.uploader", accountId);
  await api.bind("keys", keyId, "kms.keys.encrypterDecrypter", accountId);
  await api.call("trails", "create", trailRequest(emulator, bucket, accountId, objectPrefix));
  const trailId = emulator.cloud.trails.all()[0]?.id ?? "";
  return { bucket, keyId, accountId, trailId };
}

/** A request to Object Storage, path-style. */
export function s3(
  emulator: Emulator,
  method: string,
  path: string,
  { token = emulator.issueToken(), body }: { token?: string; body?: string } = {},
): Promise<Response> {
  const headers = { "X-YaCloud-SubjectToken": token };
  return fetch(emulator.storageProxy + path, { method, headers, body });
}
