import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StateFileError, unwritable } from "./backend/journal";
import { writePrivately } from "./backend/privateFile";

/** Addresses of a running local cloud. */
export interface Running {
  /** Address of the web page and the controls. */
  readonly adminUrl: string;
  /** Address of the gRPC API, `host:port`. */
  readonly endpoint: string;
  /** Address of the proxy for Object Storage. */
  readonly storageProxy: string;
  /** Environment that connects the official provider to the cloud, with a token of the deployer. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Holder of a state file: a process, and the addresses of its cloud once it serves. */
interface Holder {
  readonly pid: number;
  readonly running?: Running;
}

/** A state file that only this process writes. */
export interface Held extends Disposable {
  /** Writes the addresses of the cloud to a file next to the state file. */
  announce(running: Running): void;
}

/** File mode for the owner only: the file has a token. */
const mode = 0o600;
/** Milliseconds between two checks. */
const pause = 50;
const longestStart = 30_000;
const longestAnswer = 5000;

const holderFileOf = (stateFile: string): string => `${stateFile}.open`;
/** State files that this process holds. */
const own = new Set<string>();

/**
 * Locks a state file for this process. The lock of a killed process is removed.
 *
 * @throws {StateFileError} if another cloud has the file open.
 */
export async function hold(stateFile: string): Promise<Held> {
  const file = holderFileOf(stateFile);
  const claimed = () => {
    try {
      return claim(file);
    } catch (error) {
      throw unwritable(stateFile, error);
    }
  };
  while (!claimed()) {
    const holder = read(file);
    if (holder && (await isAtWork(file, holder)))
      throw new StateFileError(
        `${stateFile} is in use by the local cloud of process ${holder.pid}` +
          `${holder.running ? `, whose web page is ${holder.running.adminUrl}` : ""}. Use that one, stop it, or name another file.`,
      );
    removeLeftOver(file, holder);
  }
  own.add(file);
  return {
    announce: (running) => writePrivately(file, JSON.stringify({ pid: process.pid, running })),
    [Symbol.dispose]() {
      own.delete(file);
      rmSync(file, { force: true });
    },
  };
}

/** Finds the cloud of another process that has a state file open. It waits for a starting cloud. */
export async function findRunning(
  stateFile: string,
): Promise<(Running & { readonly pid: number }) | undefined> {
  const file = holderFileOf(stateFile);
  for (const started = Date.now(); Date.now() - started < longestStart; await delay(pause)) {
    const holder = read(file);
    if (!holder || !(await isAtWork(file, holder))) return undefined;
    if (holder.running) return { ...holder.running, pid: holder.pid };
  }
  throw new StateFileError(
    `The local cloud that has ${stateFile} open does not become ready. Stop it, and run this again.`,
  );
}

function claim(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  // Written to another name and linked, so that nobody sees a half-written file.
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, JSON.stringify({ pid: process.pid } satisfies Holder), { mode });
  try {
    linkSync(aside, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

function removeLeftOver(file: string, seen: Holder | undefined): void {
  // If several processes see it, only one moves it away. If it was replaced in the meantime, it is moved back.
  const aside = `${file}.${process.pid}.gone`;
  try {
    renameSync(file, aside);
    if (read(aside)?.pid !== seen?.pid) linkSync(aside, file);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  rmSync(aside, { force: true });
}

function read(file: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, "utf8"));
    return Number.isInteger(holder?.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

/** Checks whether a holder runs, and serves at its address. Process numbers are reused, so a running process is not enough. */
async function isAtWork(file: string, { pid, running }: Holder): Promise<boolean> {
  if (pid === process.pid) return own.has(file);
  if (!isAlive(pid)) return false;
  if (!running) return true;
  return fetch(`${running.adminUrl}/clock`, { signal: AbortSignal.timeout(longestAnswer) }).then(
    ({ ok }) => ok,
    // A suspended process may continue.
    ({ name }: Error) => name === "TimeoutError",
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
