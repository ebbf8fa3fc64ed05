import { spawnSync } from "node:child_process";
import { UsageError } from "../exitCodes";

/** Largest output that is read, bytes: a preview of a thousand resources takes some ten million. */
const maxBuffer = 2 ** 30;

/**
 * Runs the Pulumi CLI in the current folder. What it says of its progress goes to the terminal.
 *
 * @returns what it printed, also if it failed.
 * @throws {UsageError} if there is no Pulumi CLI.
 */
export function runPulumi(args: readonly string[]): string {
  const { stdout, error } = spawnSync("pulumi", [...args, "--non-interactive"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer,
  });
  if (error) throw cannotRun(error);
  return stdout;
}

/** What is thrown where there is no Pulumi CLI. */
export const cannotRun = ({ message }: Error): UsageError =>
  new UsageError(`pulumi cannot be run: ${message}`);
