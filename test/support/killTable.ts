import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Moment } from "../../emulator/backend/faults";
import { backendOf } from "../../local/state";
import {
  begin,
  cloudOf,
  type KilledOperation,
  logsIn,
  lost,
  recoverLine,
  runKilled,
  undisturbed,
} from "./kills";
import type { LocalStack } from "./localStack";

/** Milliseconds for one operation: some hundred kills, and some dozen recoveries. */
export const tableTimeout = 2_400_000;

/** Fewest calls of an operation that is worth killing. */
const fewestCalls = 20;

/**
 * Kills an operation before and after each of its calls, recovers, runs it again, and expects what it gives undisturbed. Kills that
 * leave the same behind are recovered once. Prints how many there were.
 *
 * @param step How many calls further on the next kill is.
 */
export async function expectRecoveredEverywhere(
  name: string,
  operation: KilledOperation,
  step = 1,
): Promise<void> {
  const wanted = await undisturbed(operation);
  const seen = new Set<string>();
  const unrecovered: Record<string, unknown> = {};
  let kills = 0;
  for (const moment of ["before", "after"] as const) {
    let call = 0;
    for (; await isKilled(moment, call); call += step) kills += 1;
    expect(call).toBeGreaterThan(fewestCalls);
  }
  const counts = `${name}: ${kills} kills left ${seen.size} different states, ${seen.size - Object.keys(unrecovered).length} recovered`;
  process.stdout.write(`${counts}\n`);
  expect(unrecovered).toEqual({});

  /** @returns whether there was such a call. */
  async function isKilled(moment: Moment, after: number): Promise<boolean> {
    const { local, stack } = await begin(operation);
    await using _local = local;
    const logs = logsIn(local);
    const method = await runKilled(local, stack, operation, { moment, method: "", after });
    if (method === undefined) return false;
    const aftermath = aftermathOf(local);
    if (seen.has(aftermath)) return true;
    seen.add(aftermath);
    let told = "";
    const failed = await (async () => {
      told = await stack.follow(recoverLine(local, "--yes"));
      await operation.run(stack, local);
    })().catch(({ message }: Error) => message);
    const found = cloudOf(local);
    const lostLogs = lost(logs, local);
    if (failed || lostLogs.length > 0 || !isDeepStrictEqual(found, wanted))
      unrecovered[`${moment} call ${after}, ${method}`] = { told, failed, lostLogs, found };
    return true;
  }
}

/** What a kill left in cloud and files, but for what differs from run to run. */
function aftermathOf(local: LocalStack): string {
  const folder = join(backendOf(local.folder), ".pulumi");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const content = contentOf(join(parentPath, name));
      // A checksum, which differs from run to run.
      return [name, name.endsWith(".attrs") && typeof content === "object" ? "whole" : content];
    });
  return JSON.stringify(comparable([cloudOf(local), files]));
}

/** Properties without meaning for a recovery; secrets are encrypted with a salt of their own. */
const passing: ReadonlySet<string> = new Set(["pid", "ciphertext", "sourcePosition", "stackTrace"]);

/** Ids and times of the cloud and of the engine. */
const chance: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)/g, "time"],
  [/\b[0-9a-z]{20}\b/g, "id"],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "id"],
  [/[0-9a-f]{32,}/g, "hash"],
  [/\d{10,}/g, "time"],
];

/** JSON in order, without what differs from run to run: the engine registers resources in any order. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return ordered(value.map(comparable));
  if (typeof value === "object" && value !== null) {
    // A component is in no cloud: all that counts is that the state has it.
    if ("custom" in value && value.custom === false && "urn" in value) return value.urn;
    const entries = Object.entries(value).filter(([name]) => !passing.has(name));
    return ordered(entries.map(([name, item]) => [name, comparable(item)]));
  }
  if (typeof value !== "string" && typeof value !== "number") return value;
  return chance.reduce((text, [pattern, word]) => text.replace(pattern, word), String(value));
}

const ordered = (items: readonly unknown[]): unknown[] =>
  [...items].sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));

/** What a JSON file says; how it is broken otherwise. */
function contentOf(file: string): unknown {
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text ? "broken" : "empty";
  }
}
