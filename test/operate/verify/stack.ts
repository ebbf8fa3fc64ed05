import { openCloud } from "../../../api/connection";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../../emulator";
import type { Call } from "../../../emulator/backend/calls";
import type { Subject } from "../../../emulator/backend/iam/access";
import type { BucketSettings } from "../../../emulator/backend/storage/bucket";
import type { Resource } from "../../../operate/stack/engineJson";
import { resourceTypes } from "../../../operate/stack/kinds";
import { StackView } from "../../../operate/stack/stackView";
import { type Check, minute } from "../../../operate/verify/check";
import { textOf } from "../../../operate/verify/text";
import { type Verification, type VerifyOptions, verify } from "../../../operate/verify/verify";
import { Api, bucketRequest, setUpTrail, trailRequest } from "../../support/api";
import { byDeployer } from "../../support/localStack";

const bucketName = "audit-logs";

/** A trail as the guide sets it up, versioned, and the state of a stack that has it: what verify reads, without the CLI. */
export class Stack implements AsyncDisposable {
  private constructor(
    readonly emulator: Emulator,
    readonly trailId: string,
    readonly accountId: string,
    /** Absent in a bucket without encryption. */
    readonly keyId: string | undefined,
  ) {}

  static async start({
    isEncrypted = true,
    ...options
  }: EmulatorOptions & { readonly isEncrypted?: boolean } = {}): Promise<Stack> {
    const emulator = await startEmulator(options);
    process.env.SSL_CERT_FILE = emulator.caFile;
    const { cloud } = emulator;
    const { organizationId, folderId, deployer } = cloud;
    // So that who has roles can be read everywhere.
    cloud.access.add(organizationId, { roleId: "resource-manager.auditor", subject: deployer });
    using api = new Api(emulator);
    const made = isEncrypted ? await setUpTrail(emulator, api) : undefined;
    let accountId = made?.accountId;
    if (!accountId) {
      await api.call("buckets", "create", bucketRequest(folderId, bucketName));
      accountId = await api.createServiceAccount("account");
      await api.bind("organizations", organizationId, "audit-trails.viewer", accountId);
      await api.bind("folders", folderId, "storage.uploader", accountId);
      await api.call("trails", "create", trailRequest(emulator, bucketName, accountId));
    }
    cloud.buckets.update(byDeployer(emulator), bucketName, { versioning: "VERSIONING_ENABLED" });
    return new Stack(emulator, cloud.trails.all()[0]?.id ?? "", accountId, made?.keyId);
  }

  get cloud() {
    return this.emulator.cloud;
  }

  get account(): Subject {
    return { type: "serviceAccount", id: this.accountId };
  }

  get keys(): readonly string[] {
    return this.cloud.objects.keys(bucketName, "");
  }

  versionsOf(key: string) {
    return this.cloud.objects.versionsOf(bucketName, key);
  }

  pass(by: Parameters<Emulator["cloud"]["clock"]["advance"]>[0]): void {
    this.cloud.clock.advance(by);
  }

  set(settings: BucketSettings): void {
    this.cloud.buckets.update(byDeployer(this.emulator), bucketName, settings);
  }

  grant(on: string, roleId: string, id = "allUsers", type = "system"): void {
    this.cloud.access.add(on, { roleId, subject: { type, id } });
  }

  /** Lets something happen, and the trail deliver it. @returns the key of the log object. */
  deliver(): string {
    this.cloud.serviceAccounts.create(byDeployer(this.emulator), {
      folderId: this.cloud.folderId,
      name: `a-${this.cloud.auditLog.lastSequence}`,
    });
    this.pass({ minutes: 5 });
    const key = this.keys.filter((one) => one.startsWith(this.trailId)).at(-1);
    if (!key) throw new Error("nothing was delivered");
    return key;
  }

  /** Puts an object as somebody who may. */
  put(key: string, body: string | Buffer, by: Subject = this.cloud.deployer): void {
    // The deployer may not encrypt. A caller that puts an object into an encrypted bucket must.
    if (this.keyId) this.cloud.access.add(this.keyId, { roleId: "kms.keys.encrypterDecrypter", subject: by });
    const options = { hasContentMd5: true };
    this.cloud.objects.put(by, bucketName, key, Buffer.from(body), "application/json", options);
  }

  delete(key: string, versionId?: string): void {
    this.cloud.objectDeletions.delete(this.cloud.deployer, bucketName, key, versionId);
  }

  /** Somebody who may do everything, and did not deploy the stack. */
  get stranger(): Call {
    const subject = { type: "userAccount", id: "stranger" };
    this.cloud.access.add(this.cloud.organizationId, { roleId: "admin", subject });
    return { ...byDeployer(this.emulator), subject, remoteAddress: "203.0.113.7" };
  }

  /** Roles that the stack gives, where the state is to have them: type and inputs. */
  readonly given: (readonly [type: string, inputs: Resource["inputs"]])[] = [];

  /** Stack as the engine's state would show it. */
  get view(): StackView {
    const { folderId, organizationId } = this.cloud;
    const urn = (type: string) =>
      `urn:pulumi:dev::yandex-audit-trails::yandex-audit-trails:index:AuditTrails$${type}::audit-trails`;
    const resource = (type: string, id: string, inputs: Resource["inputs"]): Resource => ({
      ...{ urn: urn(type), type, id, inputs, outputs: {}, protect: false, retainOnDelete: false },
      ...{ hooks: [], inputSources: {} },
    });
    const byKey = { kmsMasterKeyId: this.keyId ?? "", sseAlgorithm: "aws:kms" };
    const scope = { resourceId: organizationId, resourceType: "organization-manager.organization" };
    const resources = [
      resource(resourceTypes.bucket, bucketName, {
        ...{ bucket: bucketName, folderId, versioning: { enabled: true } },
        ...(this.keyId && {
          serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: byKey } },
        }),
      }),
      ...(this.keyId ? [resource(resourceTypes.key, this.keyId, { folderId })] : []),
      resource(resourceTypes.account, this.accountId, { folderId, name: "account" }),
      resource(resourceTypes.trail, this.trailId, {
        ...{ folderId, name: "trail", serviceAccountId: this.accountId },
        storageDestination: { bucketName },
        filteringPolicy: { managementEventsFilter: { resourceScopes: [scope] } },
      }),
    ];
    resources.push(...this.given.map(([type, inputs]) => resource(type, `${inputs.role}`, inputs)));
    return new StackView(new Map(resources.map((one) => [one.urn, one])));
  }

  connect(subject: Subject = this.cloud.deployer) {
    const { endpoint, storageProxy: storageEndpoint } = this.emulator;
    return openCloud({ endpoint, storageEndpoint, token: this.emulator.issueToken(subject) });
  }

  async verify(
    options: Partial<VerifyOptions> = {},
    { clock = 0, onPause = () => {}, subject = this.cloud.deployer } = {},
  ): Promise<Verification & { readonly text: string }> {
    const found = await verify(
      this.view,
      await this.connect(subject),
      { quick: true, wait: 15 * minute, deployers: [this.cloud.deployer.id], ...options },
      {
        now: () => this.cloud.clock.now().getTime() + clock,
        pause: async (milliseconds) => {
          this.pass({ milliseconds });
          onPause();
        },
        progress: () => {},
      },
    );
    return { ...found, text: textOf("dev", found) };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.emulator.close();
  }
}

/** One of the checks of the stack's trail. */
export function checkOf({ trails }: Verification, name: string): Check {
  const check = trails[0]?.checks.find((one) => one.name === name);
  if (!check) throw new Error(`there is no check ${name}`);
  return check;
}

export const linesOf = ({ text, details = [] }: Check): string => [text, ...details].join("\n");

afterEach(() => {
  delete process.env.SSL_CERT_FILE;
});
