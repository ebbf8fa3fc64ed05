import { delimiter, dirname } from "node:path";
import type { LocalCloud } from "../../emulator";
import type { Toolchain } from "../toolchain";
import { backendOf } from "./state";

/** Variables that would lead a run to a real account or through a proxy. */
const foreign = /^(YC_|AWS_|PULUMI_|TF_)|_PROXY$/i;

/**
 * Removes all variables from this process's environment that point to real accounts. Neither this process nor an engine
 * that it starts can then reach one.
 */
export function isolateFromRealAccounts(): void {
  for (const name of Object.keys(process.env)) if (foreign.test(name)) delete process.env[name];
}

/** Requirements of a run of the Pulumi CLI on a local cloud. */
export interface LocalRun {
  readonly toolchain: Toolchain;
  readonly emulator: LocalCloud;
  /** Folder that keeps the state of the stacks. */
  readonly folder: string;
  /** Token of the deploying account. @default a new one of the deployer */
  readonly token?: string;
}

/** Returns a PATH that begins with the toolchain's CLI and language host. The engine uses the first host on the PATH. */
export const pathWith = ({ pulumi }: Toolchain): string =>
  [dirname(pulumi), process.env.PATH].join(delimiter);

/** Returns the environment of the Pulumi CLI on a local cloud: this process's, without variables that point elsewhere. */
export function localEnvironment({ toolchain, emulator, folder, token }: LocalRun): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...toolchain.environment,
    PATH: pathWith(toolchain),
    ...emulator.providerEnvironment(token),
    PULUMI_BACKEND_URL: `file://${backendOf(folder)}`,
    // Nothing in this state is secret, but the engine requires a passphrase.
    PULUMI_CONFIG_PASSPHRASE: "",
  };
}
