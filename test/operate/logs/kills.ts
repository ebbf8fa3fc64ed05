import { spawn } from "node:child_process";
import { once } from "node:events";
import { promises as fs, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { trailFolder } from "../../../operate/logs/store/place";
import { connectionTo } from "../../support/connection";
import { days, event, ids, LogBucket } from "./logBucket";

const root = join(__dirname, "..", "..", "..");
export const day = "2026-03-03";
export const range = days(day, "2026-03-06");

/** Three days: many events, a large object, copies, and one object that DuckDB does not read as it is. */
export function put(bucket: LogBucket): void {
  const copy = event({ event_id: "copy" });
  const large = event({ event_id: "large", details: { text: "x".repeat(2 ** 20) } });
  bucket.put(day, "a.json", [event({ event_id: "a" }), copy]);
  bucket.put("2026-03-04", "b.json", [event({ event_id: "b" }), copy]);
  bucket.put("2026-03-04", "twice.json", '[{"event_id":"t","event_type":"t","event_id":"twice"}]');
  bucket.put("2026-03-05", "c.json", [large]);
}
export const all = ["a", "b", "copy", "large", "twice"];

/** Steps of the file system that a run takes. */
const steps = [
  ...["mkdir", "chmod", "writeFile", "open", "rename", "rm", "readdir", "readFile", "link"],
] as const;

/** Ends the run at a step: that step and all later ones fail, as if the process were gone. @returns what lets the next run be. */
function killAt(step: number): () => void {
  let count = 0;
  const spies = steps.map((name) => {
    const real = fs[name] as (...given: unknown[]) => Promise<unknown>;
    return jest.spyOn(fs, name).mockImplementation((async (...given: unknown[]) => {
      if (!String(given[0]).includes("log-cache-")) return real.call(fs, ...given);
      count += 1;
      if (count > step) {
        // A file is cut in the middle of its writing.
        if (count === step + 1 && name === "writeFile") writeFileSync(String(given[0]), '{"version":1,');
        throw Object.assign(new Error("killed"), { code: "KILLED" });
      }
      return real.call(fs, ...given);
    }) as never);
  });
  return () => spies.forEach((spy) => void spy.mockRestore());
}

/** Expects that what a killed run left is read as whole days or none, that the next run is whole, and that it leaves no rest. */
async function expectNextWhole(bucket: LogBucket, kill: number): Promise<void> {
  const offline = await bucket.ask(ids, range, { cloud: undefined });
  expect([kill, offline.rows.flat().filter((id) => !all.includes(String(id)))]).toEqual([kill, []]);
  if (offline.coverage.isWhole) expect([kill, offline.rows.flat()]).toEqual([kill, all]);
  const { rows, coverage } = await bucket.ask(ids, range);
  expect([kill, rows.flat(), coverage.unread]).toEqual([kill, all, []]);
  const folder = trailFolder(bucket.folder, bucket.source);
  const left = readdirSync(folder, { recursive: true, encoding: "utf8" });
  expect([kill, left.filter((name) => /\.part$|^tmp.|^lock/.test(name))]).toEqual([kill, []]);
  await fs.rm(bucket.folder, { recursive: true });
}

/**
 * Fails all steps of the file system from one step on, as if the process were gone, and expects that the next run is whole.
 *
 * @param stride Number of steps from one kill to the next.
 * @returns the number of kills.
 */
export async function expectWholeAfterFailures(stride: number): Promise<number> {
  await using bucket = await LogBucket.start();
  put(bucket);
  let kills = 0;
  for (let isKilled = true; isKilled; kills += 1) {
    const restore = killAt(kills * stride);
    isKilled = await bucket.ask(ids, range).then(
      () => false,
      (error: Error) => /killed/.test(error.message),
    );
    restore();
    await expectNextWhole(bucket, kills * stride);
  }
  return kills;
}

/**
 * Kills a process that fills the cache by SIGKILL, at changes of its folder, and expects that the next run is whole.
 *
 * @param stride Number of changes from one kill to the next.
 * @returns the number of kills.
 */
export async function expectWholeAfterKills(stride: number): Promise<number> {
  await using bucket = await LogBucket.start();
  put(bucket);
  let kills = 0;
  for (let isKilled = true; isKilled; kills += 1) {
    await fs.mkdir(bucket.folder, { recursive: true });
    const program = ["--require", join(root, "register.cjs"), join(__dirname, "fillCache.ts")];
    const { source, folder, emulator } = bucket;
    const given = { connection: connectionTo(emulator), source, range, folder, now: bucket.now() };
    const env = { ...process.env, ...emulator.providerEnvironment() };
    const child = spawn(process.execPath, [...program, JSON.stringify(given)], { stdio: "inherit", env });
    const ended = once(child, "exit");
    const abort = new AbortController();
    const changes = fs.watch(bucket.folder, { recursive: true, signal: abort.signal });
    const killed = (async () => {
      let seen = 0;
      for await (const _change of changes) if (seen++ === kills * stride) child.kill("SIGKILL");
    })().catch(() => {});
    const [code, signal] = await ended;
    abort.abort();
    await killed;
    isKilled = signal === "SIGKILL";
    expect([kills, isKilled ? null : 0]).toEqual([kills, code]);
    await expectNextWhole(bucket, kills);
  }
  return kills;
}
