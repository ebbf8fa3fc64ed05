import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator";
import type { Call } from "../../emulator/backend/calls";
import type { ExportedState } from "../../emulator/backend/store";
import { CliError, CliStack, type CliStackOptions, type OperationOptions } from "../../tools/local/cliStack";
import { backendOf, historyOf, outputsOf, type StateResource, stackFileOf } from "../../tools/local/state";
import { ensureToolchain } from "../../tools/toolchain";

/** Configuration of the tests' stack, beyond the defaults of Pulumi.yaml. */
export const bucketName = "audit-logs";

/** A program that replaces the project's own, by its name in test/programs. */
export const programOf = (name: string): string => join(__dirname, "..", "programs", `${name}.ts`);

type Config = Readonly<Record<string, unknown>>;
type Options = Partial<CliStackOptions>;

/** The states of a stack and of its local cloud, for another day. */
export interface KeptState {
  readonly cloud: ExportedState;
  /** Stack file of the CLI's file backend. */
  readonly stack: object;
  /** Its records of updates that ended, by file name. */
  readonly history?: Readonly<Record<string, string>>;
}

/** The project's stack on a fresh local cloud, gone with its files when the test ends. */
export class LocalStack implements AsyncDisposable {
  private constructor(
    readonly emulator: Emulator,
    readonly folder: string,
    private readonly options: Options,
  ) {}

  static async start(cloud: EmulatorOptions = {}, options: Options = {}): Promise<LocalStack> {
    const emulator = await startEmulator(cloud);
    return new LocalStack(emulator, mkdtempSync(join(tmpdir(), "audit-trails-test-")), options);
  }

  /** A stack as it was kept, on its cloud as it was then. */
  static async restore({ cloud, stack, history = {} }: KeptState): Promise<LocalStack> {
    const local = await LocalStack.start({ state: cloud });
    await local.open();
    writeFileSync(stackFileOf(local.folder), JSON.stringify(stack));
    mkdirSync(historyOf(local.folder), { recursive: true });
    for (const [name, text] of Object.entries(history))
      writeFileSync(join(historyOf(local.folder), name), text);
    return local;
  }

  keep(): KeptState {
    const stack = JSON.parse(readFileSync(stackFileOf(this.folder), "utf8"));
    const records = historyOf(this.folder);
    const history = Object.fromEntries(
      readdirSync(records).map((name) => [name, readFileSync(join(records, name), "utf8")]),
    );
    return { cloud: this.emulator.cloud.store.export(), stack, history };
  }

  /** The stack, with configuration beyond what is needed. */
  async open(config: Config = {}, others: Options = {}): Promise<CliStack> {
    const { organizationId, folderId } = this.emulator.cloud;
    const options = {
      toolchain: await ensureToolchain(() => {}),
      emulator: this.emulator,
      folder: this.folder,
      // Nothing flaps here but what a test makes flap.
      config: { organizationId, folderId, bucketName, activeWindowSeconds: 0, ...config },
      ...this.options,
      ...others,
    };
    const backend = backendOf(options.folder);
    if (existsSync(backend)) return CliStack.open(options);
    const kind = `${options.project} ${options.environment?.PULUMI_BACKEND_URL}`;
    writeFiles(backend, emptyBackends.get(kind));
    const stack = await CliStack.open(options);
    emptyBackends.set(kind, filesIn(backend));
    return stack;
  }

  async up(config: Config = {}, others: Options = {}, operation: OperationOptions = {}) {
    const stack = await this.open(config, others);
    const { changes, output } = await stack.up(operation);
    const outputs = outputsOf(stack.state());
    return { changes, output, outputs, trails: outputs.trails, trail: outputs.trails?.organization };
  }

  /** An `up` that refreshes first and fails if anything is left to change. */
  async expectSettled(config: Config = {}, others: Options = {}): Promise<void> {
    await this.up(config, others, { args: ["--refresh", "--expect-no-changes"] });
  }

  /**
   * An `up` that is expected to fail.
   *
   * @returns its whole output, and the types of the resources whose operation failed.
   */
  async failingUp(config: Config = {}, others: Options = {}) {
    const stack = await this.open(config, others);
    const failed: string[] = [];
    const onEvent = ({ resOpFailedEvent }: EngineEvent) => {
      if (resOpFailedEvent) failed.push(typeOf(resOpFailedEvent.metadata.urn));
    };
    const output = await outputOfFailure(stack.up({ onEvent }));
    return { output, failed };
  }

  /** Types of the provider's resources in the engine's state, sorted. */
  async resourceTypes(): Promise<string[]> {
    return (await this.resources()).map(({ urn }) => typeOf(urn)).sort();
  }

  /** The provider's resources in the engine's state. */
  async resources(): Promise<StateResource[]> {
    const stack = await this.open();
    return stack.state().resources.filter(({ type }) => type.startsWith("yandex:"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Content of files by their paths in a folder. */
type Files = ReadonlyMap<string, string>;

/** Backends in which the CLI has made a stack, by project and address: to make one takes it a second, in each of some hundred tests. */
const emptyBackends = new Map<string, Files>();

const filesIn = (folder: string): Files =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [relative(folder, file), readFileSync(file, "utf8")]),
  );

function writeFiles(folder: string, files: Files = new Map()): void {
  for (const [path, text] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** All that an operation printed which is expected to fail. */
async function outputOfFailure(operation: Promise<unknown>): Promise<string> {
  return operation.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: Error) => {
      if (error instanceof CliError) return error.message;
      throw error;
    },
  );
}

/** Returns the whole diagnostics of the CLI on the program, without colours and indentation. */
export const diagnosticsOf = (output: string): string[] =>
  (/^Diagnostics:\n(.*?)\n\n/ms.exec(output)?.[1] ?? "").split("\n").map((line) => line.trim());

/** `StorageBucket`, say, out of a URN. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split(":").at(-1) ?? urn;

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
