import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writePrivately } from "./backend/privateFile";
import { StateFileError, unwritable } from "./backend/store";

/** Addresses of a running local cloud. */
export interface Running {
  /** Window and levers. */
  readonly adminUrl: string;
  /** The gRPC API, `host:port`. */
  readonly endpoint: string;
  /** The proxy for Object Storage. */
  readonly storageProxy: string;
  /** Points the official provider at the cloud, with a token of the deployer. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Who has a state file open: a process, and its cloud's addresses once it serves. */
interface Holder {
  readonly pid: number;
  readonly running?: Running;
}

/** A state file that this process alone writes. */
export interface Held extends Disposable {
  /** Says beside the file where the cloud is reached. */
  announce(running: Running): void;
}

/** Owner alone: it has a token. */
const mode = 0o600;
/** Milliseconds. */
const pause = 50;
const longestStart = 30_000;
const longestAnswer = 5000;

const holderFileOf = (stateFile: string): string => `${stateFile}.open`;
/** The state files that this process holds. */
const own = new Set<string>();

/**
 * Takes a state file for this process. A holder that was killed is no obstacle.
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
          `${holder.running ? `, whose window is ${holder.running.adminUrl}` : ""}. Use that one, end it, or name another file.`,
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

/** Finds the cloud of another process that has a state file open; waits for one that is starting. */
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
    `The local cloud that has ${stateFile} open does not start to serve. End it, and run this again.`,
  );
}

function claim(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  // Written aside and linked, so that it never stands there half written.
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
  // Of several that see it one moves it away; should it have been replaced meanwhile, it goes back.
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

/** Whether a holder lives and, since numbers of processes are used again, serves where it says so. */
async function isAtWork(file: string, { pid, running }: Holder): Promise<boolean> {
  if (pid === process.pid) return own.has(file);
  if (!isAlive(pid)) return false;
  if (!running) return true;
  return fetch(`${running.adminUrl}/clock`, { signal: AbortSignal.timeout(longestAnswer) }).then(
    ({ ok }) => ok,
    // One that was stopped may go on.
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
