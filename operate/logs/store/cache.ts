import { randomUUID } from "node:crypto";
import { promises as fs, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyUnit } from "../keys";
import { makeFolder, removeOthers } from "./files";
import { CacheLock, isRunning } from "./lock";
import {
  type CachedObject,
  type CachedUnit,
  emptyManifest,
  type Manifest,
  type Part,
  readManifest,
  readObjects,
  writeManifest,
  writeObjects,
} from "./manifest";

/** Milliseconds for which replaced files stay, since other processes may still read them. */
const grace = 3_600_000;
/** Minimum number of milliseconds between two writes of the manifest while a cache is filled. */
const saveEvery = 2_000;

/**
 * Cached logs of a trail. The manifest names all complete files and is written last. The next process that fills the cache removes
 * all other files.
 */
export class Cache implements AsyncDisposable {
  private savedAt = 0;
  /** Latest write of the manifest. The next write waits for it. */
  private saving: Promise<void> = Promise.resolve();
  /** Folders that {@link makeSpill} created. */
  private readonly spills: string[] = [];

  private constructor(
    readonly folder: string,
    readonly manifest: Manifest,
    private lock: CacheLock | undefined,
    /** Id of another process that fills the cache; this process then only reads it. */
    readonly filledBy: number | undefined,
    private readonly isTemporary: boolean,
  ) {}

  /**
   * Opens a cache.
   *
   * @param fills True to fill it, unless another process does.
   */
  static async open(folder: string, keyPrefix: string, fills: boolean): Promise<Cache> {
    for (const each of [folder, join(folder, "days"), join(folder, "tmp")]) await makeFolder(each);
    const lock = fills ? await CacheLock.take(join(folder, "lock")) : undefined;
    const filledBy = typeof lock === "number" ? lock : undefined;
    const held = typeof lock === "number" ? undefined : lock;
    try {
      const cache = new Cache(folder, await readManifest(folder, keyPrefix), held, filledBy, false);
      await cache.forgetMissing();
      if (held) await cache.tidy();
      return cache;
    } catch (error) {
      await held?.[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Opens a temporary cache. It is removed when it is disposed of or the process ends. */
  static async openTemporary(keyPrefix: string): Promise<Cache> {
    const folder = await fs.mkdtemp(join(tmpdir(), "audit-trails-logs-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    for (const name of ["days", "tmp"]) await makeFolder(join(folder, name));
    return new Cache(folder, emptyManifest(keyPrefix), undefined, undefined, true);
  }

  /** True if this process may fill the cache. */
  get fills(): boolean {
    return this.lock !== undefined || this.isTemporary;
  }

  /** Returns the path of a file of the whole cache. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Returns the path of a file of a day. */
  day(name: string): string {
    return join(this.folder, "days", name);
  }

  /** Returns the path of a temporary file. The next process that fills the cache removes it. */
  temporary(name: string): string {
    return join(this.folder, "tmp", name);
  }

  /** Returns a unique file name. */
  newName(of: string, ending: string): string {
    return `${of}.${randomUUID().slice(0, 13)}.${ending}`;
  }

  /** Creates a folder for data that a query does not keep in memory. It is removed when the cache is closed, or later. */
  async makeSpill(): Promise<string> {
    const folder = join(this.folder, `spill.${process.pid}.${randomUUID()}`);
    this.spills.push(folder);
    await makeFolder(folder);
    return folder;
  }

  /** Returns the cached objects of a day or month. */
  objectsOf(unit: KeyUnit): Promise<CachedObject[]> {
    const known = this.manifest.units[unit];
    return known ? readObjects(this.folder, known.objectsFile) : Promise.resolve([]);
  }

  /** Writes the list of objects of a day or month, and enters it in the manifest. The manifest itself is saved later. */
  async keep(
    unit: KeyUnit,
    objects: readonly CachedObject[],
    entry: Pick<CachedUnit, "closed" | "parts">,
  ): Promise<void> {
    const objectsFile = this.newName(unit, "json");
    await writeObjects(this.folder, objectsFile, objects);
    // No await from here on: a parallel write would save a half-changed manifest.
    const before = this.manifest.units[unit];
    if (before) this.replace([before.objectsFile]);
    this.noteUnchecked(before?.parts ?? [], entry.parts);
    this.manifest.units[unit] = {
      ...entry,
      objectsFile,
      objects: objects.filter(({ foreign }) => !foreign).length,
      events: entry.parts.reduce((sum, { events }) => sum + events, 0),
      reports: objects.some(
        ({ fault, since, foreign }) => fault !== undefined || since !== undefined || foreign,
      ),
    };
  }

  /** Marks new files whose events must still be compared with those of other files. */
  private noteUnchecked(before: readonly Part[], parts: readonly Part[]): void {
    const { manifest } = this;
    if (manifest.unchecked === "all") return;
    const known = new Set(before.map(({ file }) => file));
    manifest.unchecked.push(...parts.map(({ file }) => file).filter((file) => !known.has(file)));
  }

  /** Marks files as replaced. They are removed later, since other processes may still read them. */
  replace(files: readonly string[]): void {
    const at = Date.now();
    this.manifest.replaced.push(...files.map((file) => ({ file, at })));
  }

  /** Removes a day or month from the manifest. */
  drop(unit: KeyUnit): void {
    const known = this.manifest.units[unit];
    if (!known) return;
    this.replace([known.objectsFile, ...known.parts.map(({ file }) => file)]);
    delete this.manifest.units[unit];
  }

  /** Writes the manifest. */
  save(): Promise<void> {
    this.savedAt = Date.now();
    const write = async () => {
      await this.lock?.check();
      await writeManifest(this.folder, this.manifest);
    };
    this.saving = this.saving.then(write, write);
    return this.saving;
  }

  /** Writes the manifest, unless it was written within the last two seconds. */
  async saveSometimes(): Promise<void> {
    if (Date.now() - this.savedAt >= saveEvery) await this.save();
  }

  /** Releases the lock, so that other processes may fill the cache. */
  async unlock(): Promise<void> {
    await this.lock?.[Symbol.asyncDispose]();
    this.lock = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unlock();
    for (const spill of this.spills) await fs.rm(spill, { recursive: true, force: true });
    if (this.isTemporary) await fs.rm(this.folder, { recursive: true, force: true });
  }

  /** Drops days whose files are missing or have another size, for example because somebody deleted or cut them. */
  private async forgetMissing(): Promise<void> {
    const { manifest } = this;
    const sizeOf = (file: string) => statSync(this.day(file), { throwIfNoEntry: false })?.size;
    for (const [unit, { objectsFile, parts }] of Object.entries(manifest.units))
      if (sizeOf(objectsFile) === undefined || parts.some(({ file, size }) => sizeOf(file) !== size))
        delete manifest.units[unit];
    const { duplicates } = manifest;
    if (duplicates && !(await fs.readdir(this.folder)).includes(duplicates)) {
      // Without this file, copies would count twice. So everything is read again.
      delete manifest.duplicates;
      manifest.units = {};
    }
  }

  /** Removes files that the manifest does not name. */
  private async tidy(): Promise<void> {
    const { manifest } = this;
    const oldest = Date.now() - grace;
    manifest.replaced = manifest.replaced.filter(({ at }) => at > oldest);
    const named = new Set([
      ...manifest.replaced.map(({ file }) => file),
      ...Object.values(manifest.units).flatMap(({ objectsFile, parts }) => [
        objectsFile,
        ...parts.map(({ file }) => file),
      ]),
    ]);
    await removeOthers(join(this.folder, "days"), (name) => named.has(name));
    await removeOthers(join(this.folder, "tmp"), () => false);
    const own = new Set(["days", "tmp", "lock", "manifest.json", manifest.duplicates]);
    await removeOthers(this.folder, (name) => {
      const [, pid] = /^spill\.(\d+)\./.exec(name) ?? [];
      return own.has(name) || named.has(name) || (pid !== undefined && isRunning(Number(pid)));
    });
  }
}
