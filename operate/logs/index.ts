import { promises as fs } from "node:fs";
import { join } from "node:path";
import { objectKeyPrefixOf } from "../../components/objectPrefix";
import { defaultMemory, requireEngine } from "./database";
import { Cache } from "./store/cache";
import { coverageOf } from "./store/coverage";
import { sizeOf } from "./store/files";
import { fill } from "./store/fill";
import { CacheLock } from "./store/lock";
import { cacheFolder, trailFolder, trailFolders } from "./store/place";
import { RawRecords } from "./store/raw";
import { unitsIn, windowOf } from "./store/window";
import { CacheInUse, type LogRange, type LogSource, type Logs, type OpenOptions } from "./types";

export { openTable } from "./table";
export * from "./types";

/** Default bytes of the largest object. */
const defaultLargest = 256 * 2 ** 20;

/**
 * Opens the logs of a trail in a range. It lists the days that may have changed, fetches the objects that the cache lacks, and caches
 * them as Parquet.
 *
 * @throws {CloudFailure} if the bucket cannot be listed: the listing is the test of access.
 * @throws {MissingEngine} if DuckDB is not installed. @throws {NotAgreed} if `confirm` returns false.
 */
export async function openLogs(source: LogSource, range: LogRange, options: OpenOptions = {}): Promise<Logs> {
  const { cloud, now = Date.now, memory = defaultMemory, largestObject = defaultLargest } = options;
  await requireEngine();
  const { trailId, bucket } = source;
  const keyPrefix = objectKeyPrefixOf(trailId, source.objectPrefix);
  const folder = trailFolder(options.folder ?? cacheFolder(options.environment), source);
  const cache = options.noCache
    ? await Cache.openTemporary(keyPrefix)
    : await Cache.open(folder, keyPrefix, cloud !== undefined);
  try {
    const began = now();
    const window = windowOf(range, began);
    const filling = { ...options, memory, largestObject, now: began };
    const filled = cloud && cache.fills ? await fill(cache, source, cloud, window, filling) : undefined;
    await cache.unlock();
    const coverage = await coverageOf(cache, range, window, filled, began);
    const { units, duplicates } = cache.manifest;
    const parts = unitsIn(window, cache.manifest).flatMap((unit) => units[unit]?.parts ?? []);
    const raw = new RawRecords(bucket, cloud);
    const close = async () => {
      raw[Symbol.dispose]();
      await cache[Symbol.asyncDispose]();
    };
    return {
      coverage,
      stored: {
        trailId,
        files: parts.map(({ file }) => cache.day(file)),
        ...(duplicates && { duplicates: cache.path(duplicates) }),
        makeSpill: () => cache.makeSpill(),
      },
      raw: (object, position) => raw.get(object, position),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await cache[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Deletes the cached logs of a trail, or of all trails if none is given (`--purge`).
 *
 * @returns the deleted bytes. @throws {CacheInUse} if another process fills a cache; the caches before it are deleted by then.
 */
export async function purgeLogs(
  of?: Pick<LogSource, "storageEndpoint" | "bucket" | "trailId">,
  { folder, environment }: Pick<OpenOptions, "folder" | "environment"> = {},
): Promise<number> {
  const all = folder ?? cacheFolder(environment);
  let size = 0;
  for (const one of of ? [trailFolder(all, of)] : await trailFolders(all)) size += await purgeTrail(one);
  if (!of) await fs.rm(all, { recursive: true, force: true });
  return size;
}

async function purgeTrail(folder: string): Promise<number> {
  const size = await sizeOf(folder);
  if (size === 0) return 0;
  const lock = await CacheLock.take(join(folder, "lock"));
  if (typeof lock === "number")
    throw new CacheInUse(
      `Process ${lock} fills the cache ${folder}. Run the command again when that process has ended.`,
    );
  await using _lock = lock;
  await fs.rm(folder, { recursive: true, force: true });
  return size;
}
