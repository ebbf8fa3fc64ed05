import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { type KeptRelease, type KeptStack, stacksToKeep } from "./keptStacks";
import { startWorld } from "./stackView";

/** Source position of a resource: long, and irrelevant for an upgrade. */
const positions = ["stackTrace", "sourcePosition"];

/** Brings up the stacks that are kept of a release, and writes their states into test/data. */
async function main(): Promise<void> {
  const file = join(__dirname, "..", "data", `state-${version}.json`);
  // With the program of another day it would prove nothing.
  if (existsSync(file)) throw new Error(`${file} is there already. What is kept of a release never changes.`);
  const stacks: KeptStack[] = [];
  for (const [name, configure] of Object.entries(stacksToKeep)) {
    const { local: started, world } = await startWorld();
    await using local = started;
    const configuration = configure(world, local.emulator.cloud.deployer.id);
    await local.up(configuration);
    stacks.push({ name, configuration, ...local.keep() });
  }
  const release: KeptRelease = { stacks };
  const json = JSON.stringify(release, (key, value) => (positions.includes(key) ? undefined : value), 1);
  writeFileSync(file, `${json}\n`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
