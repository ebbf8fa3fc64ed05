import { spawn } from "node:child_process";
import { once } from "node:events";
import { withProgress } from "../progress";
import { cannotRun } from "./pulumi";

/** What a run of the Pulumi CLI gave. */
export interface PulumiRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly succeeded: boolean;
}

/**
 * Runs the Pulumi CLI in the current folder, and keeps what it prints.
 *
 * @param what What is being done with it, for whoever waits.
 * @throws {UsageError} if there is no Pulumi CLI.
 */
export async function pulumiRun(what: string, args: readonly string[]): Promise<PulumiRun> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    // Said, since a test runner may give this process an environment of its own.
    env: process.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  const ended = once(child, "close").catch((error: Error) => {
    throw cannotRun(error);
  });
  const [code] = await withProgress(what, ended);
  return { ...printed, succeeded: code === 0 };
}
