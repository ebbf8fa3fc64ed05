import { randomUUID } from "node:crypto";
import { promises as fs, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isMissing, readIfThere } from "./files";

/** Process that fills a cache. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Start time of the process in the system's units; absent where unknown. It distinguishes processes that reuse an id. */
  readonly began?: string;
  readonly id: string;
}

/** Locks that this process holds. */
const held = new Set<string>();

/** Lock of a cache. Its holder fills the cache; other processes only read it. */
export class CacheLock implements AsyncDisposable {
  private constructor(
    private readonly path: string,
    private readonly id: string,
  ) {}

  /**
   * Takes the lock. It also takes over the lock of a process that has ended.
   *
   * @returns the id of the process that holds the lock, if another one does.
   */
  static async take(path: string): Promise<CacheLock | number> {
    const id = randomUUID();
    const me: Holder = { pid: process.pid, host: hostname(), began: beginOf(process.pid), id };
    for (;;) {
      if (await create(path, me)) {
        held.add(id);
        return new CacheLock(path, id);
      }
      const holder = await readHolder(path);
      if (holder && runs(holder)) return holder.pid;
      await removeStale(path, holder?.id);
    }
  }

  /** Checks that this process still holds the lock. @throws {Error} if not, for example after somebody deleted the file. */
  async check(): Promise<void> {
    if ((await readHolder(this.path))?.id !== this.id)
      throw new Error(`Another process has taken the lock ${this.path}. Run the command again.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    held.delete(this.id);
    if ((await readHolder(this.path))?.id === this.id) await fs.rm(this.path, { force: true });
  }
}

/** Error codes of file systems that have no hard links. */
const noLinks: readonly (string | undefined)[] = ["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EXDEV"];

/** Creates a lock file atomically, so that nobody reads an incomplete one. @returns false if there is a lock already. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const aside = `${path}.${holder.id}`;
  const text = JSON.stringify(holder);
  try {
    await fs.writeFile(aside, text, { mode: 0o600 });
    await fs.link(aside, path).catch((error: NodeJS.ErrnoException) => {
      if (!noLinks.includes(error.code)) throw error;
      return fs.writeFile(path, text, { flag: "wx", mode: 0o600 });
    });
    return true;
  } catch (error) {
    // Another process that fills the cache may have removed the file.
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await fs.rm(aside, { force: true });
  }
}

/** Removes a stale lock, unless another process has just taken it over. */
async function removeStale(path: string, id: string | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const taken = await readHolder(aside);
  // The link fails if there is a new lock. Then that one counts, and the other process notices in its check.
  if (taken?.id !== id) await fs.link(aside, path).catch(() => {});
  await fs.rm(aside, { force: true });
}

/** Reads a lock. @returns undefined if it is missing or incomplete. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readIfThere(path);
  try {
    return text ? (JSON.parse(text) as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** Checks whether the process of a lock may still run. A process of another machine always may. */
function runs({ pid, host, began, id }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(id);
  if (!isRunning(pid)) return false;
  const begins = beginOf(pid);
  return began === undefined || begins === undefined || began === begins;
}

/** Checks whether a process with this id exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Returns the start time of a process: field 22 of Linux's `stat`. The name before it may contain spaces and brackets. */
function beginOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    return undefined;
  }
}
