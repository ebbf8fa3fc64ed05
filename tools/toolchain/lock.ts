import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Report } from "./build";
import { ToolchainError } from "./errors";

const longestWait = 60 * 60_000;
const pause = 250;

/**
 * Runs a task while no other process runs one with the same lock file. If the process that holds the lock has died, it
 * takes the lock.
 *
 * @throws {ToolchainError} after an hour of waiting.
 */
export async function locked<T>(file: string, report: Report, task: () => Promise<T>): Promise<T> {
  let isReported = false;
  for (const started = Date.now(); !acquire(file, report); await delay(pause)) {
    const other = holder(file);
    // The lock was released a moment ago.
    if (other === undefined) continue;
    if (!isReported) report(`Waiting for another run (process ${other}) that holds the lock.`);
    isReported = true;
    if (Date.now() - started > longestWait)
      throw new ToolchainError(`Process ${other} has held ${file} for an hour. End it or delete the file.`);
  }
  try {
    return await task();
  } finally {
    rmSync(file, { force: true });
  }
}

function acquire(file: string, report: Report): boolean {
  // Written to a temporary file and linked, so that a lock always names its holder.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own);
  }
  removeIfDead(file, report);
  return false;
}

function removeIfDead(file: string, report: Report): void {
  const pid = holder(file);
  if (pid === undefined || isAlive(pid)) return;
  report(`The run that left ${file} (${pid ? `process ${pid}` : "no process"}) has ended; continuing.`);
  // If several processes see it dead, one moves it away. If the lock was replaced meanwhile, it is moved back.
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    if (holder(aside) !== pid) linkSync(aside, file);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
  rmSync(aside, { force: true });
}

/** @returns undefined if there is no lock, and 0 for a lock that names no process. */
function holder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, "utf8")) || 0;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  // Signal 0 to process 0 would go to this process's own group.
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
