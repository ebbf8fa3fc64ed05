import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import type { Moment } from "../../emulator/backend/faults";
import { backendOf } from "../../tools/local/state";
import {
  begin,
  cloudOf,
  type KilledOperation,
  type KillPoint,
  logsIn,
  lost,
  recoverLine,
  runKilled,
} from "./kills";
import type { LocalStack } from "./localStack";

/** Milliseconds for one operation, also where each of its calls is killed. */
export const tableTimeout = 2_400_000;

/** Fewest calls of an operation that is worth killing. */
const fewestCalls = 20;

/** Kills each call of each operation, not a spread of them. It takes an hour. */
const killsAll = process.env.KILLS === "all";
/** Seed of the spread of kills. */
const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);

/** A kill of a table: at a call by its number, or by its method. */
type TableKill = Required<Pick<KillPoint, "after">> & KillPoint;

/**
 * Kills an operation at some of its calls, recovers, runs it again, and expects what it gives undisturbed. Kills that leave the same
 * behind are recovered once. Prints how many there were, and the seed with which `KILL_SEED=… npx jest <file>` repeats them.
 * `KILLS=all` kills before and after each call.
 *
 * @param spread How many kills there are, spread over all calls.
 * @param always Kills that are among them for every seed.
 */
export async function expectRecoveredAfterKills(
  name: string,
  operation: KilledOperation,
  spread: number,
  always: readonly KillPoint[] = [],
): Promise<void> {
  const { cloud: wanted, calls } = await counted(operation);
  expect(calls).toBeGreaterThan(fewestCalls);
  const points: TableKill[] = [
    ...always.map((point) => ({ after: 0, ...point })),
    ...numbersOf(2 * calls, killsAll ? 2 * calls : spread).map((number) => {
      const moment: Moment = number % 2 === 0 ? "before" : "after";
      return { moment, method: "", after: Math.floor(number / 2) };
    }),
  ];
  const seen = new Set<string>();
  const unrecovered: Record<string, unknown> = {};
  let kills = 0;
  for (const point of points) {
    if (await isKilled(point)) kills += 1;
    else if (point.method) throw new Error(`There is no call ${point.method}`);
  }
  const counts = `${name}: ${kills} of ${2 * calls} kills left ${seen.size} different states, ${seen.size - Object.keys(unrecovered).length} recovered`;
  process.stdout.write(`${counts}${killsAll ? "" : ` (KILL_SEED=${seed})`}\n`);
  expect(unrecovered).toEqual({});
  expect(kills).toBeGreaterThan(points.length / 2);

  /** @returns whether there was such a call. */
  async function isKilled({ moment, method: wantedMethod, after }: TableKill): Promise<boolean> {
    const { local, stack } = await begin(operation);
    await using _local = local;
    const logs = logsIn(local);
    const method = await runKilled(local, stack, operation, { moment, method: wantedMethod, after });
    if (method === undefined) return false;
    const aftermath = aftermathOf(local);
    if (seen.has(aftermath)) return true;
    seen.add(aftermath);
    let reported = "";
    const failed = await (async () => {
      reported = await stack.follow(recoverLine(local, "--yes"));
      await operation.run(stack, local);
    })().catch(({ message }: Error) => message);
    const found = cloudOf(local);
    const lostLogs = lost(logs, local);
    if (failed || lostLogs.length > 0 || !isDeepStrictEqual(found, wanted))
      unrecovered[`${moment} call ${after}, ${method}`] = { reported, failed, lostLogs, found };
    return true;
  }
}

/** Returns the undisturbed result of an operation, and the number of its calls. */
async function counted(operation: KilledOperation) {
  const { local, stack } = await begin(operation);
  await using _local = local;
  const { traffic } = local.emulator.cloud;
  traffic.reset();
  await operation.run(stack, local);
  return { cloud: cloudOf(local), calls: traffic.calls };
}

/** Numbers from 0 to below a count: one out of each of as many equal parts, as the seed says. */
function numbersOf(count: number, parts: number): number[] {
  const fine = 1_000_000;
  const offsets = fc.sample(fc.noBias(fc.nat(fine - 1)), { seed, numRuns: parts });
  return offsets.map((offset, part) => Math.floor(((part + offset / fine) * count) / parts));
}

/** Returns the state of cloud and files after a kill, without values that differ between runs. */
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

/** Returns the contents of a JSON file, or a description of its fault. */
function contentOf(file: string): unknown {
  const text = readFileSync(file, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    return text ? "broken" : "empty";
  }
}
