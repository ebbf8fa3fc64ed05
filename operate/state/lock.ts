import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Holder of a stack's lock, from the engine's message. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** Checks whether the engine refused because the stack is locked. */
export const isLocked = (output: string): boolean =>
  /the stack is currently locked|\[409\]|Another update is currently in progress/.test(output);

/** Reads the holders of a lock from the engine's message. Pulumi Cloud names none. */
export const lockHoldersIn = (output: string): LockHolder[] =>
  [...output.matchAll(/created by \S*?@(\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, host = "", pid, since = ""]) => ({ host, pid: Number(pid), since }),
  );

/** Returns a reason if the engine that holds a lock runs or may run; undefined if it has ended. */
export function mayRun({ host, pid, since }: LockHolder): { reason: string; isCertain: boolean } | undefined {
  if (host !== hostname()) {
    const reason = `An engine on ${host} locked the stack at ${since} (process ${pid}). This machine cannot check whether it still runs.`;
    return { reason, isCertain: false };
  }
  if (!isRunning(pid)) return undefined;
  const reason = `An engine is running on this machine: process ${pid} locked the stack at ${since}.`;
  return { reason, isCertain: true };
}

/** Checks whether a process runs. A known other program with the same number does not count. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  try {
    return /pulumi/.test(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  } catch {
    return true;
  }
}
