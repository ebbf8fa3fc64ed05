import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Moment } from "../../emulator/backend/faults";
import { backendOf } from "../../local/state";
import {
  begin,
  cloudOf,
  type KilledOperation,
  recoverLine,
  runKilled,
  undisturbed,
  withPulumi,
} from "./kills";
import type { LocalStack } from "./localStack";

/** What came of killing an operation at all of its calls. */
export interface KillTable {
  /** How many kills there were. */
  readonly kills: number;
  /** How many different states of cloud and files they left. Each was recovered once. */
  readonly aftermaths: number;
  /** The calls after which the result was another than it is undisturbed, and what was there instead. */
  readonly lost: readonly { readonly call: string; readonly what: unknown }[];
}

/**
 * Kills an operation before and after each of its calls, recovers and runs it again. Kills that leave the same behind, but for ids and
 * times, are recovered once.
 */
export async function killEverywhere(operation: KilledOperation): Promise<KillTable> {
  const wanted = await undisturbed(operation);
  const seen = new Set<string>();
  const lost: { call: string; what: unknown }[] = [];
  let kills = 0;
  for (const moment of ["before", "after"] as const)
    for (let call = 0; await killedAt(moment, call); call += 1) kills += 1;
  return { kills, aftermaths: seen.size, lost };

  /** @returns whether there was such a call. */
  async function killedAt(moment: Moment, after: number): Promise<boolean> {
    await using local = await begin(operation.from);
    const stack = await local.open(operation.config, await withPulumi());
    const method = await runKilled(local, stack, operation, { moment, method: "", after });
    if (method === undefined) return false;
    const aftermath = aftermathOf(local);
    if (seen.has(aftermath)) return true;
    seen.add(aftermath);
    const call = `${moment} call ${after}, ${method}`;
    const output = await stack.follow(recoverLine(local, "--yes")).catch(({ message }: Error) => message);
    await operation.run(stack).then(
      () => {
        const cloud = cloudOf(local);
        if (JSON.stringify(cloud) !== JSON.stringify(wanted)) lost.push({ call, what: { output, cloud } });
      },
      ({ message }: Error) => lost.push({ call, what: { output, message } }),
    );
    return true;
  }
}

/** What a kill left in cloud and files, without ids and times. */
function aftermathOf(local: LocalStack): string {
  const folder = join(backendOf(local.folder), ".pulumi");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => [name, contentOf(join(parentPath, name))]);
  return JSON.stringify([cloudOf(local), files])
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)/g, "time")
    .replace(/\b[0-9a-z]{20}\b/g, "id")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id")
    .replace(/\d{10,}/g, "time")
    .replace(/"pid":\d+/g, "");
}

/** What a JSON file says; how it is broken otherwise. */
function contentOf(file: string): unknown {
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text ? "broken" : "empty";
  }
}
