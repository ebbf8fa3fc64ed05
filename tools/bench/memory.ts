import { readdirSync, readFileSync } from "node:fs";

/** Peak memory of the largest descendant of this process, in MB, sampled while it runs. Linux only: it reads /proc. */
export class LargestDescendant {
  peak = 0;
  private readonly timer = setInterval(() => this.sample(), 50);

  stop(): void {
    clearInterval(this.timer);
  }

  private sample(): void {
    const processes = readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const status = readFileSync(`/proc/${pid}/status`, "utf8");
          const field = (name: string) =>
            Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
          return [{ pid: Number(pid), parent: field("PPid"), kilobytes: field("VmHWM") }];
        } catch {
          return []; // The process has ended.
        }
      });
    const family = new Set([process.pid]);
    // Most parents are listed before their children, but not all: the loop needs one round for each generation.
    for (let found = -1; found !== family.size; ) {
      found = family.size;
      for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
    }
    for (const { pid, kilobytes } of processes)
      if (pid !== process.pid && family.has(pid)) this.peak = Math.max(this.peak, kilobytes / 1024);
  }
}
