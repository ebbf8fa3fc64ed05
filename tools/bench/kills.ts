import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const repository = join(__dirname, "..", "..");

/** Runs the tests that kill updates and recoveries. @returns their counts. */
export async function countKills(): Promise<string[]> {
  const jest = join(repository, "node_modules", ".bin", "jest");
  const child = spawn(jest, ["test/engine/recover/.*long"], {
    cwd: repository,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const counts: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (/ kills left /.test(line)) counts.push(line);
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error("Not every kill was recovered; jest prints the reason above");
  return counts;
}
