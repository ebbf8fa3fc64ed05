import { run } from "../../operate/run";
import { localEnvironment } from "../../tools/local/environment";
import { ensureToolchain } from "../../tools/toolchain";
import { withEnvironment } from "./fakes";
import { withPulumi } from "./kills";
import type { LocalStack } from "./localStack";

/** Output and exit code of a command. */
export interface Ended {
  /** Standard output. */
  readonly text: string;
  /** Standard error output. */
  readonly aside: string;
  readonly exitCode: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs `audit-trails` in this process: a process of its own takes a second until it begins. */
export function runCommand(args: readonly string[], environment: Environment = {}): Promise<Ended> {
  return withEnvironment(environment, async () => {
    const printed = { stdout: "", stderr: "" };
    const spies = (["stdout", "stderr"] as const).map((name) =>
      jest.spyOn(process[name], "write").mockImplementation((text) => {
        printed[name] += text;
        return true;
      }),
    );
    try {
      await run(args);
      return { text: printed.stdout, aside: printed.stderr, exitCode: Number(process.exitCode ?? 0) };
    } finally {
      for (const spy of spies) spy.mockRestore();
      // It would be that of the tests.
      process.exitCode = undefined;
    }
  });
}

/** Returns the environment in which a command in this process finds the Pulumi CLI and a stack of the tests. */
export async function environmentOf({ emulator, folder }: LocalStack): Promise<NodeJS.ProcessEnv> {
  const toolchain = await ensureToolchain(() => {});
  const { environment } = await withPulumi();
  return { ...localEnvironment({ toolchain, emulator, folder }), ...environment };
}
