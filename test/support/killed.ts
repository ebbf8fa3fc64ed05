import { readdirSync, readFileSync } from "node:fs";

/** Kills a process and all that it started, at once: none of them gets to clean up. */
export function killTree(pid: number): void {
  const parents = parentsOfProcesses();
  const doomed = [pid];
  for (const one of doomed)
    doomed.push(...[...parents].filter(([, parent]) => parent === one).map(([child]) => child));
  // All stop first: otherwise one could report the end of another.
  for (const signal of ["SIGSTOP", "SIGKILL"] as const)
    for (const one of doomed) {
      try {
        process.kill(one, signal);
      } catch {
        // It ended by itself.
      }
    }
}

/** Parents of all processes, by id: /proc of Linux. */
function parentsOfProcesses(): Map<number, number> {
  const entries = readdirSync("/proc").flatMap((name): [number, number][] => {
    try {
      if (!/^\d+$/.test(name)) return [];
      // The name of the program stands in brackets and may hold anything.
      const [, parent] = readFileSync(`/proc/${name}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
      return [[Number(name), Number(parent)]];
    } catch {
      return [];
    }
  });
  return new Map(entries);
}
