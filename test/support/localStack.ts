import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import type { Call } from "../../emulator/backend/calls";
import { type LocalStackOptions, openStack } from "../../local/engine";
import { ensureToolchain } from "../../toolchain";

/** Configuration of the tests' stack, beyond the defaults of Pulumi.yaml. */
export const bucketName = "audit-logs";

type Config = Readonly<Record<string, unknown>>;

/** The project's stack on a fresh local cloud, gone with its files when the test ends. */
export class LocalStack implements AsyncDisposable {
  private constructor(
    readonly emulator: Emulator,
    private readonly folder: string,
    private readonly options: Partial<LocalStackOptions>,
  ) {}

  static async start(
    cloud: EmulatorOptions = {},
    options: Partial<LocalStackOptions> = {},
  ): Promise<LocalStack> {
    const emulator = await startEmulator(cloud);
    return new LocalStack(emulator, mkdtempSync(join(tmpdir(), "audit-trails-test-")), options);
  }

  /** The stack, with configuration beyond what is needed. */
  async open(config: Config = {}, others: Partial<LocalStackOptions> = {}): Promise<Stack> {
    const { organizationId, folderId } = this.emulator.cloud;
    return openStack({
      toolchain: await ensureToolchain(() => {}),
      emulator: this.emulator,
      folder: this.folder,
      // Nothing flaps here but what a test makes flap.
      config: { organizationId, folderId, bucketName, activeWindow: 0, ...config },
      ...this.options,
      ...others,
    });
  }

  async up(config: Config = {}, others: Partial<LocalStackOptions> = {}) {
    const stack = await this.open(config, others);
    const { outputs, summary } = await stack.up({ onEvent: () => {} });
    return { summary, trails: outputs.trails?.value, trail: outputs.trails?.value.organization };
  }

  /**
   * An `up` that is expected to fail.
   *
   * @returns its whole output, and the names of the resources whose operation failed.
   */
  async failingUp(config: Config = {}, others: Partial<LocalStackOptions> = {}) {
    const stack = await this.open(config, others);
    const failed: string[] = [];
    const onEvent = ({ resOpFailedEvent }: EngineEvent) => {
      if (resOpFailedEvent) failed.push(typeOf(resOpFailedEvent.metadata.urn));
    };
    const output = await stack.up({ onEvent }).then(
      () => {
        throw new Error("up succeeded");
      },
      (error: Error) => error.message,
    );
    return { output, failed };
  }

  /** Types of the provider's resources in the engine's state, sorted. */
  async resourceTypes(): Promise<string[]> {
    return (await this.resources()).map(({ type }) => type).sort();
  }

  /** The provider's resources in the engine's state. */
  async resources(): Promise<{ type: string; urn: string; dependencies: string[] }[]> {
    const stack = await this.open();
    const { deployment } = await stack.exportStack();
    const all = (deployment.resources ?? []) as { urn: string; type: string; dependencies?: string[] }[];
    return all
      .filter(({ type }) => type.startsWith("yandex:"))
      .map(({ urn, dependencies = [] }) => ({
        urn,
        type: typeOf(urn),
        dependencies: dependencies.map(typeOf).sort(),
      }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** `StorageBucket`, say, out of a URN. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split(":").at(-1) ?? urn;

/** A call by the deployer, for what a test does in the cloud without a client. */
export const byDeployer = ({ cloud }: Emulator): Call => ({
  method: "test",
  subject: cloud.deployer,
  requestId: "",
  userAgent: "",
  remoteAddress: "",
  maskedToken: "",
});

/** Types of the guide's seven resources, sorted. */
export const sevenResources = [
  "AuditTrailsTrail",
  "IamServiceAccount",
  "KmsSymmetricKey",
  "KmsSymmetricKeyIamMember",
  "OrganizationmanagerOrganizationIamMember",
  "ResourcemanagerFolderIamMember",
  "StorageBucket",
];
