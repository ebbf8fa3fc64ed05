import { promises as fs, readdirSync, writeFileSync } from "node:fs";
import { trailFolder } from "../../../operate/logs/store/place";
import { days, event, ids, LogBucket } from "./logBucket";

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

/**
 * Kills a run at steps of the file system, and expects that the next run is whole.
 *
 * @param stride Steps from one kill to the next.
 * @returns how many kills there were.
 */
export async function expectWholeAfterKills(stride: number): Promise<number> {
  await using bucket = await LogBucket.start();
  put(bucket);
  let kills = 0;
  for (let isKilled = true; isKilled; kills += 1) {
    const step = kills * stride;
    const restore = killAt(step);
    isKilled = await bucket.ask(ids, range).then(
      () => false,
      (error: Error) => /killed/.test(error.message),
    );
    restore();
    // What a kill left is read as it is: whole days, or none of them.
    const offline = await bucket.ask(ids, range, { cloud: undefined });
    expect([step, offline.rows.flat().filter((id) => !all.includes(String(id)))]).toEqual([step, []]);
    expect([step, offline.coverage.isWhole]).toEqual([step, false]);
    const { rows, coverage } = await bucket.ask(ids, range);
    expect([step, rows.flat(), coverage.unread]).toEqual([step, all, []]);
    const folder = trailFolder(bucket.folder, bucket.source);
    const left = readdirSync(folder, { recursive: true, encoding: "utf8" });
    expect([step, left.filter((name) => /\.part$|^tmp.|^lock/.test(name))]).toEqual([step, []]);
    await fs.rm(bucket.folder, { recursive: true });
  }
  return kills;
}
