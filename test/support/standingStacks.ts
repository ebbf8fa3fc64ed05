import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../emulator";
import { locked } from "../../tools/toolchain/lock";
import { Api } from "./api";
import { bucketName, type KeptState, LocalStack } from "./localStack";
import { suiteVariable } from "./suiteFolder";

type Config = Readonly<Record<string, unknown>>;

/** Stacks that several tests begin with, by name, and their configuration; of some it names what their cloud has. */
export const configurations = {
  default: {},
  unprotected: { protected: false },
  withLog: { protected: false },
  deleteIfEmpty: { protected: false, onRemoval: "deleteIfEmpty" },
  deleteWithLogs: { protected: false, onRemoval: "deleteWithLogs" },
  hardened: ({ cloud }) => ({
    retention: { preset: "year" },
    objectLock: { mode: "GOVERNANCE", days: 30 },
    access: { administrators: [cloud.deployer.id] },
    trails: { organization: { dataEvents: { lockbox: {} } } },
  }),
} as const satisfies Record<string, Config | ((emulator: Emulator) => Config)>;

export type StandingStack = keyof typeof configurations;

/** The configuration of a standing stack on its cloud. */
export function configurationOf(name: StandingStack, { emulator }: LocalStack): Config {
  const configuration = configurations[name];
  return typeof configuration === "function" ? configuration(emulator) : configuration;
}

/** Changes to the cloud of a stack after its `up`. */
const afterwards: Partial<Record<StandingStack, (local: LocalStack) => Promise<void>>> = {
  withLog: deliverLog,
};

/**
 * Restores a stack that was brought up already: the first test that asks for it brings it up, once in a run of Jest.
 * A test uses this where the first `up` is not what it is about. Time passes for the kept cloud too: five minutes after its
 * `up` the trail delivers.
 */
export async function standing(name: StandingStack): Promise<LocalStack> {
  const file = join(process.env[suiteVariable] ?? "", `${name}.json`);
  await locked(
    `${file}.lock`,
    () => {},
    async () => {
      if (existsSync(file)) return;
      await using local = await LocalStack.start();
      await local.up(configurationOf(name, local));
      await afterwards[name]?.(local);
      writeFileSync(`${file}.part`, JSON.stringify(local.keep()));
      renameSync(`${file}.part`, file);
    },
  );
  return LocalStack.restore(JSON.parse(readFileSync(file, "utf8")) as KeptState);
}

/** An account that is not of the stack. */
export const otherAccount = "audit-collector";

/** Lets the trail deliver a log object, and makes another account that a trail may work with. */
async function deliverLog({ emulator }: LocalStack): Promise<void> {
  const { cloud } = emulator;
  using api = new Api(emulator);
  await api.createServiceAccount(otherAccount);
  cloud.clock.advance({ minutes: 5 });
  if (cloud.objects.keys(bucketName, "").length === 0) throw new Error("No log was delivered");
}
