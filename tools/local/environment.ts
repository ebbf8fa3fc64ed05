import { delimiter, dirname } from "node:path";
import type { LocalCloud } from "../../emulator";
import type { Toolchain } from "../toolchain";
import { backendOf } from "./state";

/** Settings that would lead a run to a real account or through somebody's proxy. */
const foreign = /^(YC_|AWS_|PULUMI_|TF_)|_PROXY$/i;

/**
 * Takes everything out of this process's environment that points to real accounts, so that neither it nor the engine
 * that it starts can reach one.
 */
export function isolateFromRealAccounts(): void {
  for (const name of Object.keys(process.env)) if (foreign.test(name)) delete process.env[name];
}

/** What a run of the Pulumi CLI on a local cloud needs. */
export interface LocalRun {
  readonly toolchain: Toolchain;
  readonly emulator: LocalCloud;
  /** Folder that keeps the stacks' state. */
  readonly folder: string;
  /** Token of the deploying account. @default a new one of the deployer */
  readonly token?: string;
}

/** A PATH with the toolchain's CLI and language host before others: the engine takes the first host that it finds there. */
export const pathWith = ({ pulumi }: Toolchain): string =>
  [dirname(pulumi), process.env.PATH].join(delimiter);

/** Environment of the Pulumi CLI on a local cloud: this process's, without what points elsewhere. */
export function localEnvironment({ toolchain, emulator, folder, token }: LocalRun): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...toolchain.environment,
    PATH: pathWith(toolchain),
    ...emulator.providerEnvironment(token),
    PULUMI_BACKEND_URL: `file://${backendOf(folder)}`,
    // Nothing in this state is secret; the engine wants a passphrase all the same.
    PULUMI_CONFIG_PASSPHRASE: "",
  };
}
