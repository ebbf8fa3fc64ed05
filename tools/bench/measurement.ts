import type { Emulator } from "../../emulator";
import { columns } from "../local/report";
import { LargestDescendant } from "./memory";

/** Measurement of one command. */
export interface Measurement {
  readonly command: string;
  /** Seconds from start to end of the process. */
  readonly wall: number;
  /** Seconds during which the cloud was working on at least one call. */
  readonly busy: number;
  readonly calls: number;
  /** Peak memory of the largest process, MB. */
  readonly memory: number;
}

/** Measures a command until all its processes have ended. */
export async function measure(
  { cloud: { traffic } }: Emulator,
  command: string,
  work: () => Promise<unknown>,
): Promise<Measurement> {
  traffic.reset();
  const memory = new LargestDescendant();
  const started = performance.now();
  try {
    await work();
  } finally {
    memory.stop();
  }
  const wall = (performance.now() - started) / 1000;
  return { command, wall, busy: traffic.busy / 1000, calls: traffic.calls, memory: memory.peak };
}

/** Returns the measurement with the median wall time for each command, in the order of the commands. */
export function medians(measurements: readonly Measurement[]): Measurement[] {
  const commands = [...new Set(measurements.map(({ command }) => command))];
  return commands.flatMap((command) => {
    const sorted = measurements.filter((one) => one.command === command).sort((a, b) => a.wall - b.wall);
    return sorted[Math.floor(sorted.length / 2)] ?? [];
  });
}

/** Prints a title, and below it a table of measurements. */
export function print(title: string, measurements: readonly Measurement[]): void {
  const header = ["", "wall", "busy", "our own", "calls", "largest process"];
  const rows = measurements.map(({ command, wall, busy, calls, memory }) => [
    command,
    `${wall.toFixed(2)} s`,
    `${busy.toFixed(2)} s`,
    `${(wall - busy).toFixed(2)} s`,
    String(calls),
    `${memory.toFixed(0)} MB`,
  ]);
  console.log([`\n${title}`, ...columns([header, ...rows])].join("\n"));
}

/** Prints the ratio of two commands' wall times. */
export function printRatio(measurements: readonly Measurement[], command: string, other: string): void {
  const wall = (name: string) => measurements.find((one) => one.command === name)?.wall;
  const [own, theirs] = [wall(command), wall(other)];
  if (own !== undefined && theirs !== undefined)
    console.log(`  ${command} / ${other}: ${(own / theirs).toFixed(2)}`);
}
