import { spawn } from "node:child_process";
import { once } from "node:events";
import { UsageError } from "../exitCodes";
import { withProgress } from "../progress";

/** Result of a run of the Pulumi CLI. */
export interface PulumiRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly succeeded: boolean;
}

/**
 * Variables that change the output or the questions of the CLI: options, streamed previews, links, debug output and colours.
 * https://www.pulumi.com/docs/iac/cli/environment-variables/ lists them.
 */
const changingOutput = [
  /^PULUMI_OPTION_/,
  /^PULUMI_SUPPRESS_/,
  /^PULUMI_(NEO|COPILOT)(_|$)/,
  /^PULUMI_DEBUG_/,
  /^PULUMI_(ENABLE_STREAMING_JSON_PREVIEW|ERROR_OUTPUT_STRING|CONTINUE_ON_ERROR|DISABLE_PROVIDER_PREVIEW)$/,
  /^(FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE|COLORTERM)$/,
];

/** Returns the environment for the CLI: that of this process, without variables that change the output. */
export function quietEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const kept = Object.entries(environment).filter(([name]) => !changingOutput.some((one) => one.test(name)));
  return { ...Object.fromEntries(kept), NO_COLOR: "1", PULUMI_SKIP_UPDATE_CHECK: "true" };
}

/**
 * Runs the Pulumi CLI in the current folder, and returns its output.
 *
 * @param what The action, as printed while it runs.
 * @throws {UsageError} if there is no Pulumi CLI.
 */
export async function runPulumi(what: string, args: readonly string[]): Promise<PulumiRun> {
  const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
    env: quietEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  const ended = once(child, "close").catch(({ message }: Error) => {
    throw new UsageError(`pulumi cannot be run: ${message}`);
  });
  const [code] = await withProgress(what, ended);
  return { ...printed, succeeded: code === 0 };
}

/** Runs the CLI as {@link runPulumi}, and returns its standard output. If it fails, its errors go to the terminal. */
export async function outputOfPulumi(what: string, args: readonly string[]): Promise<string> {
  const { stdout, stderr, succeeded } = await runPulumi(what, args);
  if (!succeeded) process.stderr.write(stderr);
  return stdout;
}
