import { promises as fs } from "node:fs";
import type { CloudApi } from "../../../api/connection";
import { each } from "../../../api/each";
import { failureText, isCloudFailure } from "../../../api/failures";
import { ObjectFetcher } from "../../../api/objectFetcher";
import type { ListedObject } from "../../../api/objectList";
import { Database } from "../database";
import { dayLength, type KeyUnit, spanOf } from "../keys";
import { type LogSource, NotAgreed, type ObjectFault, type OpenOptions } from "../types";
import type { Cache } from "./cache";
import { chunksOf } from "./chunks";
import { findDuplicates } from "./duplicates";
import { type ObjectLines, RecordReader } from "./lines";
import type { CachedObject, Part } from "./manifest";
import { convertLines, joinParts, LinesWriter } from "./parts";
import { makePlan, type Plan, type UnitWork } from "./plan";
import { Progress } from "./progress";
import type { Window } from "./window";

/** Number of parallel days, and of parallel fetches of small objects in each. */
const [unitsAtOnce, objectsAtOnce] = [2, 32];
/** Size from which an object is saved to a file first, bytes. */
const large = 2 ** 20;
/** Number of objects above which the user is asked. */
const many = 10_000;
/** Number of failures after which fetching stops, if no object could be read. */
const mostFailures = 64;

/** Result of filling the cache. */
export interface Filled extends Pick<Plan, "at"> {
  readonly listed: ReadonlySet<KeyUnit>;
  readonly unread: readonly (ObjectFault & { readonly unit: KeyUnit })[];
  readonly fetched: { readonly objects: number; readonly bytes: number; readonly keys: readonly string[] };
}

export type FillOptions = Pick<OpenOptions, "recheck" | "onProgress" | "confirm" | "signal"> & {
  readonly largestObject: number;
  readonly memory: number;
  readonly now: number;
};

/**
 * Fetches the objects of a window that the cache lacks.
 *
 * @throws {CloudFailure} if the bucket cannot be listed. @throws {NotAgreed} if `confirm` returns false.
 */
export async function fill(
  cache: Cache,
  { bucket, expiryDays }: LogSource,
  cloud: CloudApi,
  window: Window,
  options: FillOptions,
): Promise<Filled> {
  const { signal, largestObject, memory, now } = options;
  dropExpired(cache, expiryDays, now);
  using fetcher = await ObjectFetcher.open(bucket, cloud, signal);
  const progress = new Progress(options.onProgress);
  const plan = await makePlan(cache, fetcher, window, {
    ...{ largestObject, now, recheck: options.recheck ?? false },
    onListed: (done, total) => progress.listed(done, total),
  });
  await askFor(plan, options);
  // Each day is converted by one thread, and days in parallel. Two threads for a day take more processor time and save none.
  const openDatabase = () => Database.open({ memory, spill: cache.temporary("spill"), threads: 1 });
  using run = new Run(cache, fetcher, openDatabase, options, progress, plan);
  try {
    await each(plan.work, (work) => run.workOn(work), unitsAtOnce);
    await findDuplicates(cache, () => run.openOnce(), signal);
  } finally {
    // Finished days stay in the cache, also after Ctrl-C.
    await cache.save();
  }
  return { at: plan.at, listed: plan.listed, unread: run.unread, fetched: run.fetched };
}

/** Removes days whose objects the bucket's lifecycle has deleted. */
function dropExpired(cache: Cache, expiryDays: number | undefined, now: number): void {
  if (expiryDays === undefined) return;
  const { manifest } = cache;
  // The lifecycle runs once a day, after midnight: https://yandex.cloud/en/docs/storage/concepts/lifecycles
  const isExpired = (unit: KeyUnit) => spanOf(unit)[1] + (expiryDays + 1) * dayLength < now;
  for (const unit of Object.keys(manifest.units).filter(isExpired)) {
    cache.drop(unit);
    if (manifest.duplicates) manifest.unchecked = "all";
  }
  for (const [month, known] of Object.entries(manifest.months)) {
    known.units = known.units.filter((unit) => !isExpired(unit));
    if (isExpired(month)) delete manifest.months[month];
  }
}

async function askFor({ work }: Plan, { confirm, largestObject }: FillOptions): Promise<void> {
  const fresh = work.flatMap((one) => one.fresh).filter(({ size }) => size <= largestObject);
  if (fresh.length <= many || confirm === undefined) return;
  const bytes = fresh.reduce((sum, { size }) => sum + size, 0);
  if (await confirm({ objects: fresh.length, bytes })) return;
  throw new NotAgreed(`Cancelled. ${fresh.length} log objects were not fetched.`);
}

/** Fetches and converts the days of a plan. */
class Run implements Disposable {
  readonly unread: (ObjectFault & { readonly unit: KeyUnit })[] = [];
  readonly fetched = { objects: 0, bytes: 0, keys: [] as string[] };
  private database: Promise<Database> | undefined;
  /** Failure of all objects so far. Once it is set, no other object is fetched. */
  private hopeless: string | undefined;

  constructor(
    private readonly cache: Cache,
    private readonly fetcher: ObjectFetcher,
    private readonly openDatabase: () => Promise<Database>,
    private readonly options: FillOptions,
    private readonly progress: Progress,
    plan: Plan,
  ) {
    progress.begin(plan.work.flatMap(({ fresh }) => fresh));
  }

  async workOn({ unit, known, fresh, closes, wasClosed, isSame }: UnitWork): Promise<void> {
    const { cache, options } = this;
    if (isSame) return;
    const { signal } = options;
    const writer = new LinesWriter(() => cache.temporary(cache.newName(unit, "lines")));
    const read = await this.read(unit, fresh, writer).finally(() => writer.end());
    const parts: Part[] = [...(cache.manifest.units[unit]?.parts ?? [])];
    for (const lines of writer.end())
      parts.push(
        ...(await convertLines(
          lines,
          unit,
          cache,
          await this.openOnce(),
          (key, text) => {
            const object = read.get(key);
            if (object) object.fault = [object.fault, text].filter(Boolean).join("; ");
          },
          signal,
        )),
      );
    const closed = closes && read.size === fresh.length;
    const joined =
      parts.length > 1 ? await joinParts(parts, closed, unit, cache, await this.openOnce(), signal) : parts;
    const { length } = cache.manifest.keyPrefix;
    const objects = [...read.values()].map((object) => ({
      ...object,
      key: object.key.slice(length),
      ...(wasClosed && { since: "added" as const }),
    }));
    await cache.keep(unit, [...known, ...objects], { closed, parts: joined });
    this.progress.converted(fresh.length);
    await cache.saveSometimes();
  }

  /** Fetches objects and writes their lines. @returns the objects that were read, by key. */
  private async read(
    unit: KeyUnit,
    fresh: readonly ListedObject[],
    writer: LinesWriter,
  ): Promise<Map<string, CachedObject>> {
    const { largestObject } = this.options;
    const read = new Map<string, CachedObject>();
    const readOne = async (object: ListedObject) => {
      const { key, size } = object;
      if (size > largestObject) {
        const fault = `is too large to be read: ${size} bytes`;
        read.set(key, { ...object, fault, skipped: true });
        return;
      }
      if (this.hopeless !== undefined) {
        this.unread.push({ unit, key, text: this.hopeless });
        return;
      }
      try {
        const { fault } = await this.readObject(object, writer);
        read.set(key, { ...object, fault });
        this.fetched.objects += 1;
        this.fetched.bytes += size;
        this.fetched.keys.push(key);
      } catch (error) {
        if (!isCloudFailure(error)) throw error;
        const text = `cannot be read: ${failureText(error)}`;
        this.unread.push({ unit, key, text });
        if (this.fetched.objects === 0 && this.unread.length >= mostFailures) this.hopeless = text;
      }
      this.progress.fetched(size);
    };
    const isLarge = ({ size }: ListedObject) => size >= large;
    await each(
      fresh.filter((object) => !isLarge(object)),
      readOne,
      objectsAtOnce,
    );
    await each(fresh.filter(isLarge), readOne, 1);
    return read;
  }

  private async readObject({ key, size }: ListedObject, writer: LinesWriter): Promise<ObjectLines> {
    const reader = new RecordReader(key, writer);
    if (size === 0) return reader.end();
    if (size < large) reader.push((await this.fetcher.get(key)).body);
    else {
      const path = this.cache.temporary(this.cache.newName("object", "json"));
      try {
        await this.fetcher.save(key, path);
        for await (const chunk of chunksOf(path)) {
          this.options.signal?.throwIfAborted();
          reader.push(chunk);
        }
      } finally {
        await fs.rm(path, { force: true });
      }
    }
    return reader.end();
  }

  /** Returns the database of this run. The first call opens it. */
  openOnce(): Promise<Database> {
    this.database ??= this.openDatabase();
    return this.database;
  }

  [Symbol.dispose](): void {
    this.database?.then((database) => database[Symbol.dispose]()).catch(() => {});
  }
}
