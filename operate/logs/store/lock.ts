import { randomUUID } from "node:crypto";
import { promises as fs, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { isMissing, readIfThere } from "./files";

/** Process that fills a cache. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as the system counts, where it says so: numbers of processes are used again. */
  readonly began?: string;
  readonly id: string;
}

/** Locks that this process holds. */
const held = new Set<string>();

/** Lock of a cache: one process fills it, others only read. */
export class CacheLock implements AsyncDisposable {
  private constructor(
    private readonly path: string,
    private readonly id: string,
  ) {}

  /**
   * Takes the lock; over from a process that has ended, too.
   *
   * @returns the number of the process that holds it otherwise.
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

  /** @throws {Error} if another process took the lock, for example after this one's was removed by hand. */
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

/** Creates a lock with all that it holds at once, so that nobody finds it cut. @returns whether there was none. */
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
    // A process that fills the cache may have tidied it up.
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await fs.rm(aside, { force: true });
  }
}

/** Removes a lock that nobody holds, unless another process has just taken it over. */
async function removeStale(path: string, id: string | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const taken = await readHolder(aside);
  // Renaming back by a link fails if there is a lock again: then that one counts, and the other process finds out by its check.
  if (taken?.id !== id) await fs.link(aside, path).catch(() => {});
  await fs.rm(aside, { force: true });
}

/** @returns nothing for a lock that is missing or cut short. */
async function readHolder(path: string): Promise<Holder | undefined> {
  const text = await readIfThere(path);
  try {
    return text ? (JSON.parse(text) as Holder) : undefined;
  } catch {
    return undefined;
  }
}

/** Checks whether the process of a lock may still run. Of another machine that is unknown, and so it may. */
function runs({ pid, host, began, id }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(id);
  if (!isRunning(pid)) return false;
  const begins = beginOf(pid);
  return began === undefined || begins === undefined || began === begins;
}

/** Checks whether there is a process of this number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** When a process began: field 22 of Linux's `stat`, after the name, which may hold spaces and brackets. */
function beginOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19];
  } catch {
    return undefined;
  }
}
