import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Who holds the lock of a stack, as the engine tells. */
export interface LockHolder {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** Whether the engine refused because the stack is locked. */
export const isLocked = (output: string): boolean =>
  /the stack is currently locked|\[409\]|Another update is currently in progress/.test(output);

/** Those who hold a lock, by the engine's refusal. Pulumi Cloud names nobody. */
export const lockHoldersIn = (output: string): LockHolder[] =>
  [...output.matchAll(/created by \S*?@(\S+) \(pid (\d+)\) at (\S+)/g)].map(
    ([, host = "", pid, since = ""]) => ({ host, pid: Number(pid), since }),
  );

/** Why the engine that holds a lock may still run, and whether that is certain; nothing if it has ended. */
export function mayRun({ host, pid, since }: LockHolder): { reason: string; isCertain: boolean } | undefined {
  if (host !== hostname()) {
    const reason = `An engine on ${host} locked the stack at ${since} (process ${pid}). Whether it still runs cannot be seen from here.`;
    return { reason, isCertain: false };
  }
  if (!isRunning(pid)) return undefined;
  const reason = `An engine is running on this machine: process ${pid} locked the stack at ${since}.`;
  return { reason, isCertain: true };
}

/** Whether a process is there, and is not known to be another program that got the number of one that ended. */
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
