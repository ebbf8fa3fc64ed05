import { spawn } from "node:child_process";
import { once } from "node:events";

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a script as both hosts do: it ends with the first command that fails. */
export async function runBash(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Finished> {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const [code] = await once(child, "close");
  return { code: code ?? -1, output };
}
