import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import {
  LocalWorkspace,
  type ProjectSettings,
  PulumiCommand,
  type Stack,
  type StackSettings,
} from "@pulumi/pulumi/automation";
import { readSettings } from "../config";
import type { Emulator } from "../emulator";
import { buildStack } from "../stack";
import type { Toolchain } from "../toolchain";

const repository = join(__dirname, "..");

/** A stack on a local cloud. */
export interface LocalStackOptions {
  readonly toolchain: Toolchain;
  readonly emulator: Emulator;
  /** Folder that keeps the engine's state; created where it does not exist. */
  readonly folder: string;
  /** Configuration, keys without namespace. @default what Pulumi.dev.yaml says */
  readonly config?: Readonly<Record<string, unknown>>;
  /** @default the program of this project */
  readonly program?: () => Promise<Record<string, unknown> | undefined>;
  /** Token of the deploying account. @default a new one of the deployer */
  readonly token?: string;
}

/**
 * Opens the stack `dev` of this project on the real engine and the real provider, with a local cloud behind them. The
 * project's files are read, never written: the engine works on copies.
 */
export async function openStack(options: LocalStackOptions): Promise<Stack> {
  const { toolchain, emulator, folder, program = runProgram } = options;
  const state = join(folder, "state");
  mkdirSync(state, { recursive: true });

  const provider = emulator.providerEnvironment(options.token);
  const pulumiCommand = await PulumiCommand.get({ root: toolchain.root });
  const source = await LocalWorkspace.create({ workDir: repository, pulumiCommand });
  // The program is run by this process, so the engine needs no language host, no package and no main file.
  const { main: _, ...project } = (await source.projectSettings()) as ProjectSettings;
  const settings = options.config
    ? { config: namespaced(project.name, options.config) }
    : await source.stackSettings("dev");

  return await LocalWorkspace.createOrSelectStack(
    {
      stackName: "dev",
      projectName: project.name,
      program: async () => {
        dropOutputsOfEndedUpdates();
        // Where the engine runs the program in a process of its own, this comes with the environment.
        Object.assign(process.env, provider);
        // An error thrown here would reach the engine, and this process once more as an unhandled rejection.
        return program().catch(async (error: unknown) => {
          await pulumi.log.error(error instanceof pulumi.RunError ? error.message : String(error));
          return undefined;
        });
      },
    },
    {
      workDir: folder,
      pulumiCommand,
      projectSettings: { ...project, runtime: "nodejs" },
      stackSettings: { dev: settings as StackSettings },
      envVars: {
        ...toolchain.environment,
        ...provider,
        PULUMI_BACKEND_URL: `file://${state}`,
        // Nothing in this state is secret; the engine wants a passphrase all the same.
        PULUMI_CONFIG_PASSPHRASE: "",
      },
    },
  );
}

async function runProgram(): Promise<Record<string, unknown>> {
  return buildStack(readSettings());
}

type Done = (error: { readonly code?: unknown } | null, response: unknown) => void;

/**
 * When an operation fails, the engine ends while the SDK still registers outputs of components; the SDK leaves that as
 * unhandled rejections, which would end this process. What failed has been told by then.
 */
function dropOutputsOfEndedUpdates(): void {
  const monitor = pulumi.runtime.getMonitor();
  if (!monitor) return;
  const register = monitor.registerResourceOutputs.bind(monitor) as (request: unknown, done: Done) => unknown;
  const ended: unknown[] = [status.UNAVAILABLE, status.CANCELLED];
  const replacement = (request: unknown, done: Done) =>
    register(request, (error, response) => done(ended.includes(error?.code) ? null : error, response));
  Object.assign(monitor, { registerResourceOutputs: replacement });
}

function namespaced(project: string, config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`${project}:${key}`, value]));
}
