import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { type Emulator, startEmulator } from "../../../emulator";
import manifest from "../../../package.json";
import { localEnvironment } from "../../../tools/local/environment";
import { projectName } from "../../../tools/local/state";
import { ensureToolchain, type Toolchain } from "../../../tools/toolchain";
import { Api, bucketRequest } from "../api";
import { createKey, keyFileOf } from "../authorizedKey";
import { bucketName, byDeployer } from "../localStack";
import { grant, previewRoles } from "../previewRoles";
import { createAccessKey } from "../s3Client";
import { stateUrl } from "../stateBucket";
import { type Finished, runBash } from "./bash";

export const repository = join(__dirname, "..", "..", "..");
const stateBucket = "pulumi-state";
export const passphrase = "correct horse battery staple";

type Config = Readonly<Record<string, unknown>>;

/** Credentials of a pipeline. */
interface Credentials {
  readonly accountId: string;
  readonly accountKey: string;
  readonly stateKeyId: string;
  readonly stateSecretKey: string;
}

/**
 * A local cloud as the guide in examples/pipelines wants it: a bucket for the state, an account that deploys and one that
 * previews, each with a key of its own for the state. And the repository whose pipelines deploy to it.
 */
export class PipelineProject implements AsyncDisposable {
  private readonly commits = new Map<string, Config>();
  private salt = "";

  private constructor(
    readonly emulator: Emulator,
    private readonly toolchain: Toolchain,
    /** Folder of everything of a test. */
    readonly folder: string,
    readonly preview: Credentials,
    readonly deploy: Credentials,
  ) {}

  static async start(): Promise<PipelineProject> {
    const emulator = await startEmulator();
    const { cloud } = emulator;
    using api = new Api(emulator);
    await api.call("buckets", "create", bucketRequest(cloud.folderId, stateBucket));
    const stateKeyId = await api.createKey("pulumi-state");
    cloud.buckets.update(byDeployer(emulator), stateBucket, {
      versioning: "VERSIONING_ENABLED",
      encryption: { rules: [{ kmsMasterKeyId: stateKeyId, sseAlgorithm: "aws:kms" }] },
    });
    const credentials = async (name: string, stateRole: string, keyRole: string): Promise<Credentials> => {
      const key = await createKey(emulator, name);
      const stateKey = await createAccessKey(emulator, [], `${name}-state`);
      const subject = { type: "serviceAccount", id: stateKey.accountId };
      cloud.access.add(stateBucket, { roleId: stateRole, subject });
      cloud.access.add(stateKeyId, { roleId: keyRole, subject });
      return {
        accountId: key.accountId,
        accountKey: keyFileOf(key),
        stateKeyId: stateKey.accessKeyId,
        stateSecretKey: stateKey.secretAccessKey,
      };
    };
    const preview = await credentials("preview", "storage.viewer", "kms.keys.decrypter");
    grant(emulator, preview.accountId, previewRoles);
    const deploy = await credentials("deploy", "storage.editor", "kms.keys.encrypterDecrypter");
    const subject = { type: "serviceAccount", id: deploy.accountId };
    for (const place of [cloud.organizationId, cloud.folderId])
      for (const { roleId, subject: holder } of cloud.access.list(place))
        if (holder.id === cloud.deployer.id) cloud.access.add(place, { roleId, subject });
    const folder = mkdtempSync(join(tmpdir(), "audit-trails-pipelines-"));
    const toolchain = await ensureToolchain(() => {});
    const project = new PipelineProject(emulator, toolchain, folder, preview, deploy);
    await project.makeStack();
    return project;
  }

  get backendUrl(): string {
    return stateUrl(this.emulator, stateBucket);
  }

  /** Returns the environment of a machine of the host, with the local cloud instead of the real one. */
  environment(): NodeJS.ProcessEnv {
    const { toolchain, emulator, folder } = this;
    const environment = localEnvironment({ toolchain, emulator, folder });
    for (const name of ["YC_TOKEN", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE"])
      delete environment[name];
    const commands = [join(__dirname, "commands"), dirname(toolchain.pulumi)];
    return {
      ...environment,
      PATH: [...commands, process.env.PATH].join(":"),
      PULUMI_DISABLE_PROGRESS: "true",
    };
  }

  /** Makes a commit whose stack has this configuration. */
  commit(config: Config = {}): string {
    const id = (this.commits.size + 1).toString(16).padStart(40, "c0ffee");
    this.commits.set(id, config);
    return id;
  }

  /** A folder with what a commit holds, and with the packages that an installation leaves. */
  checkOut(commit: string, folder: string): void {
    for (const name of [
      "api",
      "components",
      "index.ts",
      "operate",
      "package.json",
      "preflight.ts",
      "register.cjs",
      "settings",
      "stack.ts",
    ])
      symlinkSync(join(repository, name), join(folder, name));
    writeFileSync(join(folder, "Pulumi.yaml"), readFileSync(join(repository, "Pulumi.yaml")));
    const { organizationId, folderId } = this.emulator.cloud;
    const config = {
      organizationId,
      folderId,
      bucketName,
      activeWindowSeconds: "0",
      ...this.commits.get(commit),
    };
    const keys = Object.entries(config).map(([key, value]) => [`${projectName}:${key}`, value]);
    const settings = stringify({ config: Object.fromEntries(keys) });
    writeFileSync(join(folder, "Pulumi.prod.yaml"), `${this.salt}${settings}`);
    const packages = join(folder, "node_modules");
    mkdirSync(join(packages, ".bin"), { recursive: true });
    for (const name of readdirSync(join(repository, "node_modules")))
      if (!name.startsWith(".")) symlinkSync(join(repository, "node_modules", name), join(packages, name));
    const command = manifest.bin["audit-trails"];
    symlinkSync(join(repository, command), join(packages, ".bin", "audit-trails"));
  }

  /** All that the cloud holds beside tokens, keys and logs of requests: what an update would change. */
  resources(): object {
    const { trails, keys, buckets, serviceAccounts, access, organizationId, folderId } = this.emulator.cloud;
    const accounts = serviceAccounts.all().map(({ id, name, labels }) => ({ id, name, labels }));
    const bindings = [organizationId, folderId].map((place) => access.list(place));
    return structuredClone([trails.all(), keys.all(), buckets.all(), accounts, bindings]);
  }

  private async makeStack(): Promise<void> {
    const folder = mkdtempSync(join(this.folder, "init-"));
    this.checkOut(this.commit(), folder);
    const { code, output }: Finished = await runBash("pulumi stack init prod", folder, {
      ...this.environment(),
      PULUMI_BACKEND_URL: this.backendUrl,
      PULUMI_CONFIG_PASSPHRASE: passphrase,
      AWS_ACCESS_KEY_ID: this.deploy.stateKeyId,
      AWS_SECRET_ACCESS_KEY: this.deploy.stateSecretKey,
    });
    if (code !== 0) throw new Error(output);
    this.salt =
      /^encryptionsalt: .*\n/m.exec(readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8"))?.[0] ?? "";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
