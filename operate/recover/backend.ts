import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../exitCodes";
import { runPulumi } from "../stack/runPulumi";
import { readIfThere } from "../state/readIfThere";
import { lastLine } from "../state/stackEditor";

/** Returns the URL of the backend that keeps the states. @throws {UsageError} if pulumi is not logged in. */
export async function backendUrl(): Promise<string> {
  const { stdout, stderr, succeeded } = await runPulumi("Asking for the backend", ["whoami", "--json"]);
  if (!succeeded) throw new UsageError(`pulumi is not logged in: ${lastLine(stderr)}`);
  return z.object({ url: z.string() }).parse(JSON.parse(stdout)).url;
}

/** Returns the name of the project in the current folder. @throws {UsageError} if there is none. */
export function projectHere(): string {
  const file = readIfThere("Pulumi.yaml", parse) ?? readIfThere("Pulumi.yml", parse);
  const project = z.object({ name: z.string() }).safeParse(file);
  if (project.success) return project.data.name;
  throw new UsageError(
    "There is no Pulumi.yaml with a name in the current folder. Run this where the program is.",
  );
}
