import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { locked } from "../../toolchain/lock";
import { type KeptState, LocalStack } from "./localStack";
import { suiteVariable } from "./suiteFolder";

type Config = Readonly<Record<string, unknown>>;

/** Stacks that several tests begin with, by name, and their configuration. */
export const configurations = {
  default: {},
  unprotected: { protected: false },
  deleteIfEmpty: { protected: false, onRemoval: "deleteIfEmpty" },
  deleteWithLogs: { protected: false, onRemoval: "deleteWithLogs" },
} as const satisfies Record<string, Config>;

type StandingStack = keyof typeof configurations;

/**
 * Restores a stack that was brought up already: the first test that asks for it brings it up, once in a run of Jest.
 * A test uses this where the first `up` is not what it is about.
 */
export async function standing(name: StandingStack): Promise<LocalStack> {
  const file = join(process.env[suiteVariable] ?? "", `${name}.json`);
  await locked(
    `${file}.lock`,
    () => {},
    async () => {
      if (existsSync(file)) return;
      await using local = await LocalStack.start();
      await local.up(configurations[name]);
      writeFileSync(`${file}.part`, JSON.stringify(local.keep()));
      renameSync(`${file}.part`, file);
    },
  );
  return LocalStack.restore(JSON.parse(readFileSync(file, "utf8")) as KeptState);
}
